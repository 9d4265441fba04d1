// The packets of a JPEG 2000 codestream are followed to their end in every order, with layers, tiles and precincts.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cleanJpeg2000 } from "../src/dicom/deidentify/pixels/cleanJpeg2000.ts";
import { neededLength } from "../src/dicom/deidentify/pixels/jpeg2000Coding.ts";
import { tagTree } from "../src/dicom/deidentify/pixels/tagTree.ts";
import type { ImagePixel } from "../src/index.ts";
import { concat } from "./writeDicom.ts";

/** 53 x 41 pixels by Pillow 13.0.0 (OpenJPEG 2.5.4), three resolutions. */
const codestreams: readonly (readonly [name: string, samples: 1 | 3, base64: string])[] = [
  [
    "LRCP, layers",
    1,
    "/0//UQApAAAAAAA1AAAAKQAAAAAAAAAAAAAANQAAACkAAAAAAAAAAAABBwEB/1IADAAAAAMAAgQEAAH/XAAKQEBISFBISFD/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAAEqAAH/k9yiIZADKoeo67lg6yzCwGq8q5OAgPiIrEu4qB92wAohJtqz4MKC72jGNHRo+Aonqoz6ASOWYjBMM8wdT3nAB5lcpfr7xnRxYDitQX8/T6rxiD1Jo63YMFZXse7AfYUmToL1AOgPhcMc8mAoq99Qmqst9T6HovNZzeV9nH4/a6VzPTGv/Ea+BgBP0KhaT/4pOyT0f8YkmakoBZ5g0tNCen/SCt1tjJkttIj8aP5VpckKNa7xRy9YB4A+yPwW3KEfAqCRHmC9WLvvAg13ZnaBh9MF6kGIXMBCyCTmEv8jJFZsaiqy9C9inCxNAaN1TT85OClQ+hQcJbE9mQHB+Z0JkoXeBLIwiBmlPonlkdV7dpxxvnyPcgcuv3m/eJkj/9k=",
  ],
  [
    "RLCP, tiles and layers",
    1,
    "/0//UQApAAAAAAA1AAAAKQAAAAAAAAAAAAAAIAAAACAAAAAAAAAAAAABBwEB/1IADAABAAIAAgQEAAH/XAAKQEBISFBISFD/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAABUAAH/k98RUCGQBGtcn+ylda1u0IeaGI1xUFmL7PDAg+mDLAbegMYsdEjooCeqYVMyUwrtSR1PpFtzgMcaADin+Q4plu0n7TRQsT//kAAKAAEAAAA7AAH/k98xQCa01qtYtCWZ65T/Kp4kJtsIzJMZgIDAlgVIGwlyEo0UMgfhbXLCIIiAgP+QAAoAAgAAAD4AAf+T3xCgDjnNnN9IlitWwsT9IKOiQiAUxXqEEd7DEBXatlCiUAnD0ru2sKEgi24i4F9w/5AACgADAAAAPQAB/5PPjEAI7IvNLUA5K/BgECk1gMCQGoOXZMHEIExe1Avh05joNBEdsvS9zcgA4pWB/f/Z",
  ],
  [
    "RPCL, precincts, in colors",
    3,
    "/0//UQAvAAAAAAA1AAAAKQAAAAAAAAAAAAAANQAAACkAAAAAAAAAAAADBwEBBwEBBwEB/1IADwECAAEAAgEAAAAiM0T/XAARQl9SUAVQBVBHV9NX01di/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS40/5AACgAAAAACFwAB/5PHwDgheAiqF6xNx8AwIaYms8sWx8BAIiQGSHEYcSDPjFAcjy0yw0l2yJoiz5hoGIk2drQND/mKx36G7s+MUB0cINjggxrrwWbHwCARUFSZz5h4EXxyKPWJz7Q0rI1p9xxbx8AgFABcjM+MKBH3x+nOz5gwEVM6NdtSz4woFKfP6cjDhg/OvxD7k8PgEBFQU5HDhhDa9JWCYc+MWB3I5m8gQmUGH1aNz4xQGjd/98kBjZda7MfASBfSBUW5MBgpd8+MQCBa7mryViUdz5hgC32qlF1IrSmcnTdpx8AgFABcis+MMAc4tNVxRM+YQBF85emMHJbEz4wwCei81XFAz5RIDkcz7c/CExZrz4xADjs1cWjLk9PPjEgMyo900+yuULDHwCgI7GafDs+MSA4r+bXXJHMQe8fAKAI0Up8Ox8AgCOxkvM+YSAg0/txUHBDxIsfAIAI0ULLHwBgI6VTPmCgJGi/+dsfAGAIxPpCMHSdhgJCMHHtfxwYAA8urgMcGAAEbo4CAgICAgICAgMcIABPVZw3CMBPVZ8cIABElXw2AgICAgIChJCIMBiSEEcOAoRwiCxpBEriAgICAgICAgICAgIDQ8KAV2KCP+YDQ8KAWhKKP+YCAgICAgICAgOHgwBfYJYDh4MAXLCOAgICAgIChjAnD0rp8loChjAcTyrp8loCAgICAgICAgP/Z",
  ],
  [
    "PCRL, tiles and precincts",
    1,
    "/0//UQApAAAAAAA1AAAAKQAAAAAAAAAAAAAAIAAAACAAAAAAAAAAAAABBwEB/1IADwEDAAEAAgABAAEiM0T/XAAKQEBISFBISFD/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAANVAAH/k9+AeCGc8Q7JLbsYDGFmQHHfTcPqDYfUGR+AeCDZR38vp083N9jaGvYdJj1jVUtqdCpcRB8dST2S4gxtKZOALnr26MniPkI/tGsR8g79o1hPnH/tHRnRhBISNtGZzQgTh3bQBiuUJBHhuwqU/nHQmamkNKhV1lYIl5AE7Tjb2n8g03jM2sK8V6KBleQOzxvJFkPBXLkH0P1pt6aMiWqQM4X2Wf05UXKfHb0A2Xv0pcUDGDAtuPlHF1EPahC56ICVgEMuaQ7Ze2/bizzktEeLpIUHCN3fgIgYqFOXQ7vKDqiFdLOoJK+YJ8faHQfONg+oPAWqY0r/aMF/Uaj+wBh/DJDBkdYVDQeo592ZPw5Djaj1GnhVNxyKOyj/f+P2jMfITw/UMz5CeP4CsfOVJ0QswkL3UPiCDZV6l+6UkerBdIxS8gbMPxpYCtAEMOLgM997j0RKo4J2BN8D9UtwcCOFE/O+hD2uzIxXud5gBphJGRnXGcB7MPSjoNiCWAaMhEnEkm3pvwF1Q1qdv5QnSHbLQeLqfZoVcdDrfxlFcI6rK+q0CHr/Bds971wHG1kzv8fUGg/Ov9cuJb8eE25+HdvA+QVB84uH2hwPbHKa9TI1S02vJGPDYLrSyYJw2AMkX9tai6Cbg1nOtFNf4+I+Qp+0XwPyEfyF8D85L85YE/YhfB23f40SZPQMWysZNciCtz84+2OtzEMXCIO5L0/cU8cyS4ybaRb/fxo2uwNJ1C04KytKAZ0CShBfFCiXYLcZ3N5E077q51enkfdzOyGoqr8bP10qZ1pTE62QEImCpKQ18Wcp5uDwrO3tcVraZG5I8gRisPKefDW/34CIGldL5grDRIeAAr8RadF918vH2h0faGw+0OAT1WcQL4CVmXeBPkKoPQF5rK8CgD4WCu4rCikD028zj0UBgqkNbgKqo+P2jEfISw/UMT5CWH7ROfOUFoF47wUailfftAJWBRTwHt8z8PGT68UxF/nbrF11/LYiXwfytuDkawOpKn3Qk3IugJouUF5lBrZtRsP30Y9S8qMfALj7pQowB8OfnuJ6bEclWY8/J+2HTAqvTo4qN+tpU29dESPrByI0M6DUmCIl6oMHg/pmYVCf0hqf/5AACgABAAACKwAB/5PPtDgRUFP422K22o0M1vvVf8D5BUD5BkD5xgAbCXNiA7Z6iDyvFDIIX8WP6DOGK1BnG8RmQedFKe26bQ1/4H5CX5CWB+Qt+QlgfnL/Tjw1CvyGzYmNqdZVOYRaME5nElcaONLCA1sSBU9/2BLJ3SHAS98MU5qrF87BK+b2zNC2FajtpRiIyAS/EuYyHuAfBaNofEaLi6sX419/H4eQ6d1uZgszdawNShGMgUtLRdBq/q8KCvRV+/Zy8BCb/NhOZC/fgEgR98fpsf8wLc/AfCHA+QNAfIEAEHMhCXJK4bHLENhIr8D5BUD5B0D5xQADlfV5KPf5JFZfG2LAPChsEVynjSvRQS0Ypv8NyHDv6Nmfz7Q4EVBUiELgYKTXTAnZTX/A+QXA+QZA+cWAIWbjuNVDub0FJz8X4MMJAj/anF0tMe8e64y952cZtLZO++B+Qn+QhgfkK/kJYH5y/044E6bP8v0n9vGIOVqe+RfiaUv0rRf433LfBBqUX3pAQiqUYPkGD9fuZIeWsnFb/UDwnEkrXRD/DqYMHJw5CuHf7qyqehnkM/ALbH8iNGUQ/J/+7FIggiYbXC1CXlDnHTn7Sw9B5iylxtN62us3lUx/34BQBzi01Z4eeA7Qn8B8IkD5A8D5wgAS0QDfD8v8jkjOfwIHgF/A+QTA+QdA+cUAEh39QSgUaJZKAAWQUF9HnV/4KP1am8kV4F9JjFJw7jZF/5AACgACAAABMgAB/5PfgHAOOfJ45q3nSpnxIU5g+8PqC4+0Jh9oSBXUxdrMgOrnZ68nFMQbsaropEb3Eb8OWNDDb47f4Xzj/yhLH7Q39ofh+0L/NEQkfB8CvTsae+VTZnUBAXEHhzsIciw3J2FHE8oi7Xd4SZsJxMKH0HlAeUGqJ1m/BzXVhdj9pgqsRrIHLP3RIxWzcgjrn310MO4WDEbK9bpmBnKkdKy/eSizf8+0LAjsZJfbACue1qh/wPkEQHwiwPnDgBSluYbD1QiXDeZOvzkUBi4NelxP4H5Bv5B+D84u+QVgfnE/nGALRrElLqbSHzpg1CejE8Q5mHoQry8Ih0DalhU/FL9v/b5zlj5XYJcanVKdl1QcYIZ/A78MuTxZEIh/H2KqzdXi3dAagF6Z/5AACgADAAAAxwAB/5PPtCwI7Gafcph5sjdt78D5BEB8I0B8gUAag5ZEklHWpQtJkl9gjw/E1isv4L5Bv5x2B+QV+QRgfnHXyBwcVoMaT3HAC7WvgCBlLHsjB3KvDhWbzmwp3z8HG2Xbg1RND2KECej2EXmDIz8RHbL0vJXzJ94Ysbh2HxMlunAIKlDPtBgI6UAllY/A+QHAfCHAPhCADZcfBNYfDC/B84iB8giA+QMAHVNeS09o6Xcfkj9Kl155Pw7IWbTLP//Z",
  ],
  [
    "CPRL, colors and tiles",
    3,
    "/0//UQAvAAAAAAA1AAAAKQAAAAAAAAAAAAAAIAAAACAAAAAAAAAAAAADBwEBBwEBBwEB/1IADAAEAAIAAgQEAAD/XAARQl9SUAVQBVBHV9NX01di/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS40/5AACgAAAAABGQAB/5PPjNgxEs70uDrZIjukz0I0VNEJPGsunzQX/xfs0Zb4gO6UdugjMzJKxwscGClIuCG9UwxF4cMMYNzI8msdJW0MJBuAw6fDpEMwOKiCVWCkZBC5+CvU2U42MFXvgmhrXnUr7wUDzrjRcIQKIJrPjMgtDTZ7UzG3/ulvcZWB5yIM+W2uCxFcyXDu8QBYXb7FqHSW2IDDhYcGKUi4Ib1TDEWAgM+MuDGm0UfDLxKcw5ngbFbGOJx1JZhfPkOg+KANx2ARJEGqLdtexwsRACoE0vZjUlLh8FDGpZHkA5sceWsMJBuAw6fDpEMwOWH7c4Z3Mghc/BXqbKcbL6ntgmhrXnUsmwcDzrjRcIQKIJr/kAAKAAEAAAC2AAH/k8+MeCa0VCMROJN1e3IKRGE9W/wEgGOedqlgR1zlC4DAkgTAIBjn2BSwER2YlIDA4wBibkd79FFC+wu/k+zPjMgRfHIo1IZG+K1tJegdUiEt97Ga2MvPWtD0/AYAFm2xUVh6B2oXVEYegICAgM+McCdg2KtYtCWZ65R7Y19i/AUA5Zk+dPi7mPBXvIDAkgTAIMTp2BIACR2YlIDA4sBhsBdInNUy5rsrAf+QAAoAAgAAAEQAAf+TzhgOR01umT3wYGukzoCAgICAz4TADjpPtVLePQ1kbzI/gICAgM4UDMq9gKvwgLh5QymAgICA/5AACgADAAAAPwAB/5PHCAjsipDwIBiAgICAz4CQDBdtubnRmFti/AIAzSPhH4CAgIDHCAI0dpDwIA2AgICA/9k=",
  ],
  [
    "LRCP, pointers (PLT)",
    1,
    "/0//UQApAAAAAAA1AAAAKQAAAAAAAAAAAAAANQAAACkAAAAAAAAAAAABBwEB/1IADAAAAAEAAgQEAAH/XAAKQEBISFBISFD/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAAV/AAH/WAAIAH+CLYc7/5Pfg+AhkAMqh6jruWDrLMLAaryrk6xLuKgfdsAKISbas+DCgu9o6A+FwxzyYCir31Caqy31Poei81nN5X2cfj9rpXM9Ma9L4FJ0UBQ5/juk1mIpRhvcjAFXkWtay/ClJ/MpxckPUVuXzRwRbQSN9w6emrEdrNX1VKnnlojWn7BNx9rBH2r0fgzAJ6qM+gEjT9CoWk/+KTsk9H/GJJmpKAWeYNLTQnp/0gp1MfrAK/x1fUPFguaTfTgm2ktVDvTeVboJW+4bM4IxYuFRTiaeMLGbvwEWHml1djqCIGMBjAtfY0kZQR5RhO6RlmIwTDPM3W2MmS20iPxo/lWlyQo1rvFHL1gHgD7IjRtFrw/KCHBtVzjcIpScVswmrXhe4gDEI3lIbTP+HaBz6s3tbVjCVXFdC70Q3xRH6frxeMqNhXGUavTkjxiozx1PecAHmVyl+vvz0A+JdesDvCL8oqeGoxFeDNIQEqflg5lgpgLhkaPtpYxzUcImMLaB/ZObjggva/hwk7QHL0kxd2HqFcPz6G2/8eF+3fJhQ/cCOoYMMpLLZyiTOt7x8mNioyH5f8fbqbH26fx+Gko4rUF/P0+q8Yg9SaOt2JEeYL1Yu+8CDXdmdoGH0wXqQYhcwELIJOYS/yMkVmxqKrL0L2KcLE0Bo3VNPzk4KVD6FBwlsWRslNdQfysLVqSUbqzqM3KUqCjfDZVVUL/GLnokl+BOs8q9PVpDBtlT4whaZm61jVCPYT4QBLi8D63c824/IPpbi98xzTt9RXl8FjqgVCPkrQC2UOXYxE4cY87fYvieNLsGjgxYEE/kLuhWj1i53AGUjnDX1JHAOjcM2aWvGylnvY71R6gNSrv4vi6atn2GrRJTJi9FjqX1H9SqUDNqozy+Yj5DDfl+NtPDcsyB5bPGsoHVLCgV3WMB5L5Kdm7Zqwi1oZoluNC6XaISAD8sJrrhsEVXy7C+ouz+Br4QMrASKWnyEolRjdR0hXclZyp0ARG2xiJhzM5YV6ab+7BPjTlUmttmVXbnfKwwVlex7sB9hSZOgj2ZAcH5nQmShd4EsjCIGaUYz8KOUxPBag1ZI4oGhgDaQSxycF9FXIqgBtiBH74rcobejOxBWxozzzhXSar2QQ8zDCwmvcMJ8/lhQIKgMyIcQ3kijYl4JVXI7fIoXm+z5rp22p8fV/61xR1Mv6js3zVlydjKPfcasFQTYpg1WMvueuxX7wSo1Mc4RylAwchVft7IfuSWW94iPc8PzzhaKTKNaQzu/J4PE/O7PEmPYrnS9Up1O/tQN6+2kJxGQOcZFpc0Xt0ZEOne9MJ09CQO0BFfLsi84cBgHngWmIQzxUzZXWSCyWR1jLNZv2CfZOlxYnbEja4RsTmL2qW2uIFLxAWrG4E7sh73ZlrexsNbIx9q49fYwx03kAjdtAWOyBavw8FnOo3Nt4S0VYOTv1wG43kh4JjPPonlkdV7dpxxvnyPcgcuv3m/eJkjRjtiB8dt4ACUVVmqN0z0AB54gTGyASzkpohO1v6sjUSvu5kVLGzAz50C1546OtpqQ1Zs9D0uCn/SEMTa76l/d4+n0fY74Y7/Nz7+Ju40yliuqCrC1vBfwJNh9EjaVniPtxBrE/vUbQfEjWP+fkDefromkcal6EwNp1P8C7RXRvid0n7PPVCTG3dyi2APVFmtqd+StcFopSeKzV2zV0PlFhqh4AlhTMSXcZV4rZFNlLHH++ALlrq9w+bX/p1hGf25K1IAsFzwE+RNokNnnyyaAXCcU1nC2xcAxN+a1sqMSBnE+o+Jf/8W51RZ8AT6BzHtnhS58RR5z6pYi7zcZ0cUco+X7dDl2vgnztXcof1s02f/2Q==",
  ],
];
const canary = new TextEncoder().encode("CANARY^ANNA 19771107");
/** reference/packets.py. */
const made: Readonly<Record<string, { readonly samples: 1 | 3; readonly bits: number; readonly base64: string }>> = JSON.parse(
  readFileSync(new URL("golden/packets.json", import.meta.url), "utf8"),
);
const lengthOf = (encoded: Uint8Array, tilePart: number): number => Buffer.from(encoded).readUInt32BE(tilePart + 6);
const tileOf = (encoded: Uint8Array, tilePart: number): number => Buffer.from(encoded).readUInt16BE(tilePart + 4);
/** Where the tile-parts begin. */
function startsOf(encoded: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = Buffer.from(encoded).indexOf(Buffer.of(0xff, 0x90, 0, 10)); encoded[at + 1] === 0x90; at += lengthOf(encoded, at)) starts.push(at);
  return starts;
}
const pixelOf = (samplesPerPixel: 1 | 3, bits = 8): ImagePixel => ({
  ...{ rows: 41, columns: 53, frames: 1, samplesPerPixel, photometricInterpretation: "MONOCHROME2", planarConfiguration: 0 },
  ...{ bitsAllocated: bits > 8 ? 16 : 8, bitsStored: bits, highBit: bits - 1, isSigned: false },
});
const holds = (bytes: Uint8Array): boolean => Buffer.from(bytes).indexOf(canary) >= 0;

describe("cleanJpeg2000", () => {
  it.each(codestreams)("follows %s to the last byte, and clears what stands behind", (name, samples, base64) => {
    const encoded = new Uint8Array(Buffer.from(base64, "base64"));
    const clean = cleanJpeg2000(encoded, pixelOf(samples))!;
    expect([clean.isVerified, clean.isWider]).toEqual([true, false]);
    // Pointers leave, and nothing else.
    if (!name.includes("PLT")) expect(clean.cleaned).toEqual(encoded);
    const last = Buffer.from(encoded).lastIndexOf(Buffer.of(0xff, 0x90, 0, 10));
    const longer = concat(encoded.subarray(0, -2), canary, encoded.subarray(-2));
    const view = new DataView(longer.buffer);
    view.setUint32(last + 6, view.getUint32(last + 6) + canary.length);
    const cleared = cleanJpeg2000(longer, pixelOf(samples))!;
    expect([holds(longer), holds(cleared.cleaned), cleared.isVerified]).toEqual([true, false, true]);
    expect(cleared.cleaned.subarray(0, last)).toEqual(clean.cleaned.subarray(0, last));
  });

  it.each(codestreams)("calls %s not verified where it is of another size or cut", (_name, samples, base64) => {
    const encoded = new Uint8Array(Buffer.from(base64, "base64"));
    expect(cleanJpeg2000(encoded, { ...pixelOf(samples), rows: 40 })!.isVerified).toBe(false);
    expect(cleanJpeg2000(encoded.subarray(0, -2), pixelOf(samples))).toBeUndefined();
  });

  describe.each(Object.entries(made))("%s (OpenJPEG)", (name, { samples, bits, base64 }) => {
    const encoded = new Uint8Array(Buffer.from(base64, "base64"));
    const isFollowed = name !== "subsampled" && name !== "orders that change";
    const pixel = pixelOf(samples, bits);
    const tileParts = startsOf(encoded);

    it("is left as it is, and verified where its packets are followed", () => {
      const { cleaned, isVerified, isWider } = cleanJpeg2000(encoded, pixel)!;
      expect([cleaned, isVerified, isWider]).toEqual([encoded, isFollowed, false]);
      expect(cleanJpeg2000(encoded, { ...pixel, bitsStored: bits - 1 })!.isWider).toBe(true);
    });

    it("is cleared behind the packets of each tile-part, to the byte", () => {
      if (!isFollowed) return;
      for (const [index, start] of tileParts.entries()) {
        // Behind the last part of its tile: what stands behind another part belongs to the next packets.
        if (tileParts.slice(index + 1).some((other) => tileOf(encoded, other) === tileOf(encoded, start))) continue;
        const end = start + lengthOf(encoded, start);
        const longer = concat(encoded.subarray(0, end), canary, encoded.subarray(end));
        new DataView(longer.buffer).setUint32(start + 6, end - start + canary.length);
        const expected = longer.slice().fill(0, end, end + canary.length);
        const { cleaned, isVerified } = cleanJpeg2000(longer, pixel)!;
        // Lengths that the main header lists are no longer true, and leave.
        if (!name.endsWith("lengths")) expect(cleaned).toEqual(expected);
        expect([holds(cleaned), isVerified]).toEqual([false, true]);
        // A byte less than its packets take.
        const shorter = concat(encoded.subarray(0, end - 1), encoded.subarray(end));
        new DataView(shorter.buffer).setUint32(start + 6, end - start - 1);
        expect(cleanJpeg2000(shorter, pixel)!.isVerified).toBe(false);
      }
    });
  });

  /** A copy with other bytes at a place of a marker's segment, counted from the marker. */
  const changed = (encoded: Uint8Array, marker: number, at: number, ...values: readonly number[]): Uint8Array => {
    const copy = encoded.slice();
    copy.set(values, Buffer.from(encoded).indexOf(Buffer.of(0xff, marker)) + at);
    return copy;
  };
  const streamOf = (name: string) => new Uint8Array(Buffer.from(made[name]!.base64, "base64"));
  const [size, coding, quantization, tilePart] = [0x51, 0x52, 0x5c, 0x90];

  it.each<[what: string, name: string, marker: number, at: number, values: readonly number[], verified: boolean | undefined]>([
    ["no component", "one resolution", size, 38, [0, 0], false],
    ["five components", "one resolution", size, 38, [0, 5], false],
    ["a subsampled component", "one resolution", size, 41, [2], false],
    ["a component subsampled downwards", "one resolution", size, 42, [2], false],
    ["another width", "one resolution", size, 6, [0, 0, 0, 54], false],
    ["another height", "one resolution", size, 10, [0, 0, 0, 40], false],
    ["another offset", "one resolution", size, 14, [0, 0, 0, 1], false],
    ["tiles without width", "one resolution", size, 22, [0, 0, 0, 0], false],
    ["tiles without height", "one resolution", size, 26, [0, 0, 0, 0], false],
    ["a progression that is none", "one resolution", coding, 5, [5], false],
    ["33 levels", "one resolution", coding, 9, [33], false],
    ["code blocks of 2 to the 11th", "one resolution", coding, 10, [9], false],
    ["high ones", "one resolution", coding, 11, [9], false],
    ["no layer", "one resolution", coding, 6, [0, 0], true],
    ["more layers than there are", "one resolution", coding, 6, [0, 2], true],
    ["high throughput with layers", "one resolution", coding, 6, [0, 2, 0, 0, 4, 4, 64], false],
    ["precincts of one pixel", "RPCL, small precincts", coding, 15, [0x03], false],
    ["precincts of one row", "RPCL, small precincts", coding, 15, [0x30], false],
    ["a step whose lower bits say something", "one resolution", quantization, 5, [0x49], false],
    ["a segment of no known kind", "one resolution", quantization, 1, [0x6f], false],
    ["no byte of a marker where one stands", "one resolution", quantization, 0, [0xfe], undefined],
    ["a segment that leaves", "one resolution", quantization, 2, [0xff, 0xff], undefined],
    ["a segment shorter than its length", "one resolution", quantization, 2, [0, 1], undefined],
    ["a tile-part's header of another length", "one resolution", tilePart, 3, [11], undefined],
    ["a tile-part that leaves", "one resolution", tilePart, 6, [0, 0, 255, 255], undefined],
    ["a tile-part of unstated length", "one resolution", tilePart, 6, [0, 0, 0, 0], true],
    ["a packet's number out of order", "SOP and EPH, layers", 0x91, 4, [0, 1], false],
    ["a packet's marker of another length", "SOP and EPH, layers", 0x91, 2, [0, 5], false],
  ])("says of %s what it can", (_, name, marker, at, values, verified) => {
    const { samples, bits } = made[name]!;
    expect(cleanJpeg2000(changed(streamOf(name), marker, at, ...values), pixelOf(samples, bits))?.isVerified).toBe(verified);
  });

  it("reads what a tile-part's header or the main header say of coding once more", () => {
    const encoded = streamOf("one resolution");
    const at = (marker: number) => Buffer.from(encoded).indexOf(Buffer.of(0xff, marker));
    const own = encoded.subarray(at(coding), at(coding) + 14); // COD of one resolution
    const data = at(0x93);
    const inTile = concat(encoded.subarray(0, data), own, encoded.subarray(data));
    const start = at(tilePart);
    new DataView(inTile.buffer).setUint32(start + 6, lengthOf(encoded, start) + own.length);
    // COC of the only component: the same levels, blocks and style.
    const component = Uint8Array.of(0xff, 0x53, 0, 9, 0, 0, ...own.subarray(9, 14));
    const ofComponent = concat(encoded.subarray(0, start), component, encoded.subarray(start));
    for (const stream of [inTile, ofComponent]) {
      const { cleaned, isVerified } = cleanJpeg2000(stream, pixelOf(1))!;
      expect([cleaned, isVerified]).toEqual([stream, true]);
    }
    // More levels than there can be.
    ofComponent[start + 6] = 33;
    expect(cleanJpeg2000(ofComponent, pixelOf(1))!.isVerified).toBe(false);
  });

  it("keeps lengths of tile-parts that are true, and empties others", () => {
    const name = "SOP and EPH, tile-parts by resolution, lengths";
    const encoded = streamOf(name);
    const at = Buffer.from(encoded).indexOf(Buffer.of(0xff, 0x55));
    const length = 256 * encoded[at + 2]! + encoded[at + 3]!;
    const emptied = (copy: Uint8Array): boolean => {
      const { cleaned } = cleanJpeg2000(copy, pixelOf(1))!;
      return cleaned[at + 1] === 0x64 && cleaned.subarray(at + 4, at + 2 + length).every((byte) => byte === 0);
    };
    expect(emptied(encoded)).toBe(false);
    // Its number, its kind, a tile's number, a length.
    for (const [offset, value] of [
      [4, 1],
      [5, encoded[at + 5]! | 0x80],
      [5, encoded[at + 5]! | 0x30],
      [5, encoded[at + 5]! ^ 0x40],
      [6, 9],
      [at + 1 - at + length, encoded[at + 1 + length]! ^ 1],
    ] as const) {
      // biome-ignore format: one row
      const copy = encoded.slice();
      copy[at + offset] = value;
      expect(emptied(copy), String(offset)).toBe(true);
    }
  });

  it.each<[what: string, marker: number, fields: readonly number[], levels: number, needed: number | undefined]>([
    ["a comment", 0x64, [0, 1], 0, undefined],
    ["pointers", 0x58, [0], 0, undefined],
    ["capabilities of two parts", 0x50, [0, 2, 0, 1], 0, 8],
    ["a size of three components", 0x51, [...new Array(34).fill(0), 0, 3], 0, 45],
    ["a size of 256", 0x51, [...new Array(34).fill(0), 1, 0], 0, 36 + 3 * 256],
    ["a coding", 0x52, [6, 0, 0, 0, 0, 5], 0, 10],
    ["a coding with precincts", 0x52, [1, 0, 0, 0, 0, 5], 0, 16],
    ["a component's coding", 0x53, [0, 0, 5], 0, 7],
    ["with precincts", 0x53, [0, 1, 5], 0, 13],
    ["reversible steps", 0x5c, [0x40], 2, 8],
    ["derived steps", 0x5c, [0x41], 2, 3],
    ["steps one by one", 0x5c, [0x42], 2, 15],
    ["a component's reversible steps", 0x5d, [1, 0x40], 2, 9],
    ["its derived steps", 0x5d, [1, 0x21], 2, 4],
    ["its steps one by one", 0x5d, [1, 0x22], 2, 16],
    ["a region", 0x5e, [0, 0, 7], 0, 3],
    ["what is not known", 0x70, [0], 0, Infinity],
  ])("%s takes the bytes that its fields call for (ITU-T T.800 annex A)", (_, marker, fields, levels, needed) => {
    // Behind the fields stand ones: nothing else may be read.
    expect(neededLength(Uint8Array.of(0xff, marker, 0, 99, ...fields, ...new Array(40).fill(0xff)), marker, 0, levels)).toBe(needed);
  });

  it("reads a tag tree as the standard's example does (ITU-T T.800 B.10.2, figure B.12)", () => {
    // Leaves 1 3 2 3 2 3 / 2 2 1 4 3 2 / 2 2 2 2 1 2: the first takes 01111, the second 001, the third 101.
    const bits = [..."01111001101"].map(Number);
    const tree = tagTree(6, 3);
    const value = (x: number, y: number): number => {
      for (let threshold = 1; ; threshold++) if (tree(() => bits.shift()!, x, y, threshold)) return threshold - 1;
    };
    expect([value(0, 0), value(1, 0), value(2, 0), bits.length]).toEqual([1, 3, 2, 0]);
  });
});
