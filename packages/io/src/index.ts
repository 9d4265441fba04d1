// Reading: one file, one exam
export { type Mammogram, type ReadMammogramOptions, readMammogram } from "./exam/readMammogram.ts";
export { type Exam, type ReadExamOptions, readExam } from "./exam/readExam.ts";
export { type ExamPolicy, type ExpectedView, examPolicyDefaults } from "./exam/examPolicy.ts";
export { type LeftOut, type SelectableImage, type SelectedViews, selectViews } from "./exam/selectViews.ts";

// Reading files from anywhere, in a worker of the browser (in threads of Node: ./node)
export {
  serveReads,
  type WebAnswer,
  type WebRequest,
  type WebWorker,
  type WebWorkerScope,
  webMammogramReader,
} from "./scale/reader/webMammogramReader.ts";
export type { DecodeAnswer, MammogramReader, ReadAnswer, WorkerDecodeOptions, WorkerReadOptions } from "./scale/reader/reader.ts";

// The standard image
export {
  type StandardFlag,
  type StandardImage,
  type StandardizeOptions,
  standardizationVersion,
  standardize,
  standardizeDefaults,
} from "./image/standardize/standardize.ts";
export { breastMask, type MaskModel } from "./image/standardize/breastMask.ts";
export { removeLeadMarkers, type Unmarked } from "./image/standardize/removeLeadMarkers.ts";
export { type Binary, morph } from "./image/standardize/binary.ts";
export { findPectoral, type Pectoral } from "./image/standardize/pectoral.ts";
export { pectoralMask } from "./image/standardize/pectoralMask.ts";
export type { SourceFlag, SourceView } from "./dicom/sourceView.ts";

// Images that are not DICOM
export type { Raster } from "./image/raster/raster.ts";
export { readRaster } from "./image/raster/readRaster.ts";
export { readJpeg } from "./image/raster/jpeg.ts";
export { readPgm } from "./image/raster/pgm.ts";
export { readPng } from "./image/raster/png.ts";
export { readTiff } from "./image/raster/tiff.ts";
export { viewOfRaster } from "./image/raster/viewOfRaster.ts";

// DICOM: elements
export { type ByteSource, type Readable, sourceOf } from "./dicom/byteSource.ts";
export { type DicomFile, parseDicom } from "./dicom/parse/parseDicom.ts";
export type { DataElement, DataSet, Fragment } from "./dicom/parse/dataSet.ts";
export { tags } from "./dicom/tags.ts";
export { TransferSyntax } from "./dicom/transferSyntax.ts";
export { type Limits, limitsDefaults } from "./dicom/limits.ts";
export { DicomError, type DicomErrorCode } from "./dicom/dicomError.ts";

// DICOM: the header of a mammogram
export { type MammoHeader, readMammoHeader } from "./dicom/header/mammoHeader.ts";
export type { View } from "./dicom/header/view.ts";
export type { ImageKind, OddKind } from "./dicom/header/imageKind.ts";
export type { ViewModifier } from "./dicom/viewCodes.ts";
export type { Device } from "./dicom/header/device.ts";
export type { Exposure, Material } from "./dicom/header/exposure.ts";
export type { Spacing, SpacingSource } from "./dicom/header/spacing.ts";

// DICOM: pixels
export { type ImagePixel, readImagePixel } from "./dicom/parse/imagePixel.ts";
export { decodeFrame } from "./dicom/frames/decodeFrame.ts";
export { readFrames } from "./dicom/frames/readFrames.ts";
export type { Codec, PixelArray } from "./dicom/codecs/codec.ts";
export { codecs } from "./dicom/codecs/codecs.ts";
export { jpeg2000Codec } from "./dicom/codecs/jpeg2000.ts";
export { htj2kCodec } from "./dicom/codecs/htj2k.ts";
export type { WasmOptions } from "./dicom/codecs/wasmDecoder.ts";

// DICOM: from stored values to brightness
export { type Intensity, intensityLut } from "./dicom/intensity/intensityLut.ts";
export { applyModality, type Modality } from "./dicom/intensity/modality.ts";
export { applyVoi, type Voi } from "./dicom/intensity/voi.ts";
export type { NamedVoi } from "./dicom/header/readIntensity.ts";
export type { Lut } from "./dicom/intensity/lut.ts";

// DICOMweb
export {
  type DicomWebClient,
  type DicomWebOptions,
  type DicomWebQuery,
  type DicomWebResource,
  dicomWebClient,
} from "./dicom/dicomweb/dicomWebClient.ts";
export { type DicomJson, firstText } from "./dicom/dicomweb/dicomJson.ts";
export type { Stored } from "./dicom/dicomweb/store.ts";
export { type DicomWebLimits, dicomWebLimitsDefaults } from "./dicom/dicomweb/webLimits.ts";
export { DicomWebError, type DicomWebErrorCode } from "./dicom/dicomweb/dicomWebError.ts";

// Cohorts: the texts of DDSM (whole cohorts: ./node)
export { type IcsCase, type IcsFilm, parseIcs } from "./cohort/ddsm/parseIcs.ts";
export { type OverlayAbnormality, parseOverlay } from "./cohort/ddsm/parseOverlay.ts";
export type { Outline } from "./cohort/ddsm/chainCode.ts";
export { CohortError, type CohortErrorCode } from "./cohort/cohortError.ts";
