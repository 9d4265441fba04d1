"""The bytes that test/tensorBoard.test.ts holds ours against, in hexadecimal on standard output. Needs tensorboard 2.20.0."""
import io

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
from tensorboard.summary.writer.record_writer import RecordWriter

file = io.BytesIO()
writer = RecordWriter(file)
writer.write(Event(wall_time=2.5, file_version="brain.Event:2").SerializeToString())
event = Event(wall_time=2.5, step=300)
event.summary.value.add(tag="loss", simple_value=0.5)
event.summary.value.add(tag="w", histo=HistogramProto(min=-1, max=2, num=3, sum=1.5, sum_squares=5.25, bucket_limit=[0.5, 2], bucket=[2, 1]))
event.summary.value.add(tag="p", image=Summary.Image(height=3, width=2, colorspace=1, encoded_image_string=b"\x01\x02"))
writer.write(event.SerializeToString())
print(file.getvalue().hex())
