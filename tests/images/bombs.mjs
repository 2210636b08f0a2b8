// Small files that ask for much: each is a well-formed image, or nearly one.

import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const RGB = 2;
const RGBA = 6;

/** A PNG's chunk (ISO/IEC 15948, section 5.3). */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

function header(width, height, color, isInterlaced) {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width);
  data.writeUInt32BE(height, 4);
  data.set([8, color, 0, 0, isInterlaced ? 1 : 0], 8);
  return chunk("IHDR", data);
}

/** A black PNG: a thousandth of its pixels' bytes. */
function blackPng(width, height, { color = RGB, isInterlaced = false, before = [] } = {}) {
  const channels = color === RGB ? 3 : 4;
  const pixels = deflateSync(Buffer.alloc(height * (width * channels + 1)), { level: 9 });
  const parts = [header(width, height, color, isInterlaced), ...before, chunk("IDAT", pixels)];
  return Buffer.concat([SIGNATURE, ...parts, chunk("IEND", Buffer.alloc(0))]);
}

/** `megabytes` of zeros, packed. */
const packedZeros = (megabytes) => deflateSync(Buffer.alloc(megabytes * 1e6), { level: 9 });

/** A progressive grey JPEG whose `scans` all refine the same coefficients; each is of no bits. */
function scannedJpeg(side, scans) {
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0x00, 0, 0, 0x00];
  return Buffer.from([
    ...[0xff, 0xd8],
    ...[0xff, 0xdb, 0, 67, 0, ...new Array(64).fill(1)],
    ...[0xff, 0xc2, 0, 11, 8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0],
    ...[0xff, 0xc4, 0, 20, 0x00, 1, ...new Array(15).fill(0), 0],
    ...Array.from({ length: scans }, () => scan).flat(),
    ...[0xff, 0xd9],
  ]);
}

/** @type {Record<string, () => Buffer>} */
export const BOMBS = {
  "a black PNG of 49 megapixels": () => blackPng(7000, 7000),
  "an interlaced one of 25": () => blackPng(5000, 5000, { isInterlaced: true }),
  "one with alpha, a pixel high": () => blackPng(10_000_000, 1, { color: RGBA }),
  "a PNG with 100 MB of colour profile": () =>
    blackPng(64, 64, {
      before: [chunk("iCCP", Buffer.concat([Buffer.from("all\0\0"), packedZeros(100)]))],
    }),
  "a PNG with 100 MB of text": () =>
    blackPng(64, 64, {
      before: [chunk("zTXt", Buffer.concat([Buffer.from("all\0\0"), packedZeros(100)]))],
    }),
  "a PNG with 20 MB after its pixels": () => Buffer.concat([blackPng(64, 64), Buffer.alloc(19e6)]),
  "a JPEG of 60 scans over 36 megapixels": () => scannedJpeg(6000, 60),
  "a JPEG of 10000 scans": () => scannedJpeg(64, 10_000),
};
