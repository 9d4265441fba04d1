export { type ByteSource, type Readable, sourceOf } from "./byteSource.ts";
export type { Codec, PixelArray } from "./codecs/codec.ts";
export { codecs } from "./codecs/codecs.ts";
export { htj2kCodec } from "./codecs/htj2k.ts";
export { jpeg2000Codec } from "./codecs/jpeg2000.ts";
export type { WasmOptions } from "./codecs/wasmDecoder.ts";
export type { DataElement, DataSet } from "./dicom/dataSet.ts";
export { CohortError, type CohortErrorCode } from "./cohort/cohortError.ts";
export type { Outline } from "./ddsm/chainCode.ts";
export { type IcsCase, type IcsFilm, parseIcs } from "./ddsm/parseIcs.ts";
export { type OverlayAbnormality, parseOverlay } from "./ddsm/parseOverlay.ts";
export { type DicomJson, firstText } from "./dicomweb/dicomJson.ts";
export {
  type DicomWebClient,
  type DicomWebOptions,
  type DicomWebPlace,
  type DicomWebQuery,
  dicomWebClient,
} from "./dicomweb/dicomWebClient.ts";
export { DicomWebError, type DicomWebErrorCode } from "./dicomweb/dicomWebError.ts";
export type { Stored } from "./dicomweb/store.ts";
export { type DicomWebLimits, dicomWebLimitsDefaults } from "./dicomweb/webLimits.ts";
export type { Fragment } from "./dicom/pixelData.ts";
export { decodeFrame } from "./dicom/decodeFrame.ts";
export { type ImagePixel, readImagePixel } from "./dicom/imagePixel.ts";
export { type DicomFile, parseDicom } from "./dicom/parseDicom.ts";
export { TransferSyntax } from "./dicom/transferSyntax.ts";
export { DicomError, type DicomErrorCode } from "./dicomError.ts";
export { type MammoHeader, readMammoHeader } from "./header/mammoHeader.ts";
export type { Device } from "./header/device.ts";
export type { Exposure, Material } from "./header/exposure.ts";
export type { NamedVoi } from "./header/readIntensity.ts";
export type { Spacing, SpacingSource } from "./header/spacing.ts";
export { isViewPosition, type Laterality, type View, type ViewModifier, type ViewPosition, viewPositions } from "./header/view.ts";
export { type Intensity, intensityTable } from "./intensity/intensityTable.ts";
export type { Lut } from "./intensity/lut.ts";
export { applyModality, type Modality } from "./intensity/modality.ts";
export { applyVoi, type Voi } from "./intensity/voi.ts";
export { type Limits, limitsDefaults } from "./limits.ts";
export { readJpeg } from "./raster/jpeg.ts";
export { readPgm } from "./raster/pgm.ts";
export { readPng } from "./raster/png.ts";
export type { Raster } from "./raster/raster.ts";
export { readRaster } from "./raster/readRaster.ts";
export { readTiff } from "./raster/tiff.ts";
export { viewOfRaster } from "./raster/viewOfRaster.ts";
export { type ExamPolicy, type ExpectedView, examPolicyDefaults } from "./exam/examPolicy.ts";
export { type Exam, type ReadExamOptions, readExam } from "./exam/readExam.ts";
export { type LeftOut, type SelectableImage, type SelectedViews, selectViews } from "./exam/selectViews.ts";
export type { DecodeAnswer, MammogramReader, ReadAnswer, WorkerDecodeOptions, WorkerReadOptions } from "./reader/reader.ts";
export { serveReads, type WebAnswer, type WebRequest, type WebWorker, type WebWorkerScope, webMammogramReader } from "./reader/webMammogramReader.ts";
export { readFrames } from "./readFrames.ts";
export { type ReadMammogramOptions, readMammogram } from "./readMammogram.ts";
export {
  type Affine2d,
  applyAffine,
  type Box,
  boxFromSource,
  boxToSource,
  fromSourcePoint,
  invertAffine,
  mapBox,
  type Point,
  toSourcePoint,
} from "./standardize/affine.ts";
export { breastMask, type MaskModel } from "./standardize/breastMask.ts";
export type { Grid } from "./standardize/grid.ts";
export { findPectoral, type Pectoral } from "./standardize/pectoral.ts";
export { pectoralMask } from "./standardize/pectoralMask.ts";
export {
  type SourceView,
  type StandardFlag,
  type StandardImage,
  type StandardizeOptions,
  standardizationVersion,
  standardize,
  standardizeDefaults,
} from "./standardize/standardize.ts";
