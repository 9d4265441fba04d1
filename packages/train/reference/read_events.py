"""A TensorBoard log folder -> JSON on standard output: what TensorBoard's own reader finds in it. Needs tensorboard."""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "histograms": 0, "images": 0})
events.Reload()
tags = events.Tags()
json.dump(
    {
        "scalars": {tag: [[one.step, one.wall_time, one.value] for one in events.Scalars(tag)] for tag in tags["scalars"]},
        "histograms": {
            tag: [
                [one.step, *(getattr(one.histogram_value, name) for name in ("min", "max", "num", "sum", "sum_squares", "bucket_limit", "bucket"))]
                for one in events.Histograms(tag)
            ]
            for tag in tags["histograms"]
        },
        "images": {tag: [[one.step, one.width, one.height, one.encoded_image_string.hex()] for one in events.Images(tag)] for tag in tags["images"]},
    },
    sys.stdout,
)
