/**
 * Words that makers, models, software and windows are named with. Free text (VR LO, SH) may hold anything, a person's name too:
 * what is not made of these words and of version numbers does not leave the header.
 */
const words: ReadonlySet<string> = new Set(
  `ADVANCED AGFA ALGO AMULET ANALOGIC APPLICATION ARISTOS ASPIRE AWS BRESTIGE CARESTREAM CLARITY CLASS CORPORATION CO CR CRYSTAL CONTRAST DARK
  DEFAULT DIGITAL DIMENSIONS DIRECT DR DS DX ELECTRIC ESSENTIAL EXACT EXCELLENCE FCR FDR FFDM FILM FLAT FUJI FUJIFILM FUSION GE GEMS GIOTTO
  GMBH HARD HARDER HEALTHCARE HEALTHINEERS HEALTH HIGH HOLOGIC HOLLOGIC IMAGE IMAGING IMS INC INNOVALITY INSPIRATION INTERNATIONAL
  KODAK KONICA KONICAMINOLTA LIGHT LINEAR LO LORAD LOW LUMISYS LUT LTD MAMMO MAMMOGRAPHY MAMMOMAT MEDICAL MEDIUM METALTRONICA MICRODOSE MIDDLE MINOLTA
  MX NORMAL NOVATION NUANCE ORIGINAL OY PACKAGE PHILIPS PLANMED PLUS PREMIUM PRESENTATION PREMIUMVIEW PRIMA PRISTINA PRO
  PROCESSING RAW REGIUS REVELATION S.P.A SECTRA SELENIA SENOGRAPH SENOGRAPHE SERENITY SIEMENS SIGMOID SOFT SOFTER SOFTWARE STANDARD STEREO
  SYNTHETIC SYSTEM SYSTEMS THREE TOMO TOMOSYNTHESIS TRIDENT USER VERSION VIEW VIEWER VOI WINDOW XD 2D 3D 3DIMENSIONS 3DQUORUM ADS
  INVENTED DEVICES ALDEBARAN BELLATRIX CAPELLA DENEB HD S`.split(/\s+/),
);

// A number of up to five digits, perhaps behind a few letters, perhaps with parts: 54, 1.8.3, ADS_54.10, VB60A, 5000D.
const version = /^[A-Z]{0,3}[_-]?\d{1,5}[A-Z]?(\.\d{1,4}[A-Z]?){0,4}$/;

/** A name of known words and version numbers as it is, anything else as "unlisted": no text gets out, and no hash by which one could be guessed. */
export function safeName(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isSafe =
    text.length <= 64 &&
    text
      .toUpperCase()
      .split(/[\s,;:/()&]+/)
      .map((word) => word.replace(/\.$/, ""))
      .every((word) => word === "" || words.has(word.replace(/\d$/, "")) || version.test(word));
  return isSafe ? text : "unlisted";
}
