export { type ByteSource, type Readable, sourceOf } from "./dicom/byteSource.ts";
export type { Codec, PixelArray } from "./dicom/codecs/codec.ts";
export { codecs } from "./dicom/codecs/codecs.ts";
export { htj2kCodec } from "./dicom/codecs/htj2k.ts";
export { jpeg2000Codec } from "./dicom/codecs/jpeg2000.ts";
export type { WasmOptions } from "./dicom/codecs/wasmDecoder.ts";
export type { DataElement, DataSet } from "./dicom/parse/readDataSet.ts";
export { CohortError, type CohortErrorCode } from "./cohort/cohortError.ts";
export type { Outline } from "./cohort/ddsm/chainCode.ts";
export { type IcsCase, type IcsFilm, parseIcs } from "./cohort/ddsm/parseIcs.ts";
export { type OverlayAbnormality, parseOverlay } from "./cohort/ddsm/parseOverlay.ts";
export { type DicomJson, firstText } from "./dicom/dicomweb/dicomJson.ts";
export {
  type DicomWebClient,
  type DicomWebOptions,
  type DicomWebPlace,
  type DicomWebQuery,
  dicomWebClient,
} from "./dicom/dicomweb/dicomWebClient.ts";
export { DicomWebError, type DicomWebErrorCode } from "./dicom/dicomweb/dicomWebError.ts";
export type { Stored } from "./dicom/dicomweb/store.ts";
export { type DicomWebLimits, dicomWebLimitsDefaults } from "./dicom/dicomweb/webLimits.ts";
export type { Fragment } from "./dicom/parse/readPixelData.ts";
export { decodeFrame } from "./dicom/frames/decodeFrame.ts";
export { type ImagePixel, readImagePixel } from "./dicom/parse/imagePixel.ts";
export { type DicomFile, parseDicom } from "./dicom/parse/parseDicom.ts";
export { TransferSyntax } from "./dicom/transferSyntax.ts";
export { DicomError, type DicomErrorCode } from "./dicom/dicomError.ts";
export { type MammoHeader, readMammoHeader } from "./dicom/header/mammoHeader.ts";
export type { Device } from "./dicom/header/device.ts";
export type { Exposure, Material } from "./dicom/header/exposure.ts";
export type { NamedVoi } from "./dicom/header/readIntensity.ts";
export type { Spacing, SpacingSource } from "./dicom/header/spacing.ts";
export { isViewPosition, type Laterality, type View, type ViewModifier, type ViewPosition, viewPositions } from "./dicom/header/view.ts";
export { type Intensity, intensityTable } from "./dicom/intensity/intensityLut.ts";
export type { Lut } from "./dicom/intensity/lut.ts";
export { applyModality, type Modality } from "./dicom/intensity/modality.ts";
export { applyVoi, type Voi } from "./dicom/intensity/voi.ts";
export { type Limits, limitsDefaults } from "./dicom/limits.ts";
export { readJpeg } from "./image/raster/jpeg.ts";
export { readPgm } from "./image/raster/pgm.ts";
export { readPng } from "./image/raster/png.ts";
export type { Raster } from "./image/raster/raster.ts";
export { readRaster } from "./image/raster/readRaster.ts";
export { readTiff } from "./image/raster/tiff.ts";
export { viewOfRaster } from "./image/raster/viewOfRaster.ts";
export { type ExamPolicy, type ExpectedView, examPolicyDefaults } from "./exam/examPolicy.ts";
export { type Exam, type ReadExamOptions, readExam } from "./exam/readExam.ts";
export { type LeftOut, type SelectableImage, type SelectedViews, selectViews } from "./exam/selectViews.ts";
export type { DecodeAnswer, MammogramReader, ReadAnswer, WorkerDecodeOptions, WorkerReadOptions } from "./scale/reader/reader.ts";
export { serveReads, type WebAnswer, type WebRequest, type WebWorker, type WebWorkerScope, webMammogramReader } from "./scale/reader/webMammogramReader.ts";
export { readFrames } from "./dicom/frames/readFrames.ts";
export { type ReadMammogramOptions, readMammogram } from "./exam/readMammogram.ts";
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
} from "./image/standardize/affine.ts";
export { breastMask, type MaskModel } from "./image/standardize/breastMask.ts";
export type { Grid } from "./image/standardize/grid.ts";
export { findPectoral, type Pectoral } from "./image/standardize/pectoral.ts";
export { pectoralMask } from "./image/standardize/pectoralMask.ts";
export {
  type SourceView,
  type StandardFlag,
  type StandardImage,
  type StandardizeOptions,
  standardizationVersion,
  standardize,
  standardizeDefaults,
} from "./image/standardize/standardize.ts";
