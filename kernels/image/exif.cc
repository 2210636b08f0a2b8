#include "kernels/image/exif.h"

#include <cstddef>
#include <cstring>
#include <string_view>

#include "kernels/image/jpeg_decoder.h"
#include "kernels/image/png_decoder.h"
#include "kernels/image/webp_decoder.h"

namespace wranglet {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr std::string_view kExifHeader("Exif\0\0", 6);

// What is left of `bytes` from `at` on; nothing beyond their end.
Bytes From(Bytes bytes, size_t at) { return at < bytes.size() ? bytes.subspan(at) : Bytes(); }

// An unsigned number of `size` bytes; bytes beyond the end are 0.
uint32_t Number(Bytes bytes, size_t at, int size, bool big_endian) {
  uint32_t value = 0;
  for (int i = 0; i < size; ++i) {
    const Bytes rest = From(bytes, at + static_cast<size_t>(i));
    const uint32_t byte = rest.empty() ? 0 : rest[0];
    value |= byte << (8 * (big_endian ? size - 1 - i : i));
  }
  return value;
}

bool StartsWith(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

// The first `size` of `bytes`, or all.
Bytes Upto(Bytes bytes, size_t size) { return size < bytes.size() ? bytes.first(size) : bytes; }

// Segments follow the first marker, each a marker, a length that counts itself, and contents, up to
// the first scan.
Bytes FindInJpeg(Bytes encoded) {
  constexpr uint8_t kApp1 = 0xE1, kScan = 0xDA;
  for (Bytes rest = From(encoded, 2); rest.size() >= 4 && rest[0] == 0xFF && rest[1] != kScan;) {
    const uint32_t length = Number(rest, 2, 2, /*big_endian=*/true);
    const Bytes contents = From(Upto(rest, 2 + size_t{length}), 4);
    if (rest[1] == kApp1 && StartsWith(contents, kExifHeader)) return contents;
    rest = From(rest, 2 + size_t{length});
  }
  return {};
}

// How a file of chunks lays them out: behind `first` bytes, each a size and a name of 4 bytes (in
// this order if `size_first`), contents, and `trailer` bytes; at multiples of `alignment`.
struct Chunks {
  size_t first;
  bool size_first;  // and big-endian
  size_t trailer, alignment;
  std::string_view exif;
};

constexpr Chunks kPng = {8, true, 4, 1, "eXIf"};
constexpr Chunks kWebp = {12, false, 0, 2, "EXIF"};

Bytes FindInChunks(Bytes encoded, const Chunks& layout) {
  Bytes rest = From(encoded, layout.first);
  while (rest.size() >= 8) {
    const size_t size = Number(rest, layout.size_first ? 0 : 4, 4, layout.size_first);
    const Bytes contents = From(rest, 8);
    if (StartsWith(From(rest, layout.size_first ? 4 : 0), layout.exif)) return Upto(contents, size);
    if (size > contents.size()) return {};
    const size_t padding = size % layout.alignment;
    rest = From(From(contents, size), padding + layout.trailer);
  }
  return {};
}

Bytes FindExif(Bytes encoded) {
  if (IsJpeg(encoded)) return FindInJpeg(encoded);
  if (IsPng(encoded)) return FindInChunks(encoded, kPng);
  if (IsWebp(encoded)) return FindInChunks(encoded, kWebp);
  return {};
}

// EXIF is a TIFF file: byte order, 42, and where the first directory is: a count, and entries of 12
// bytes with a tag, a type, how many values, and the value.
uint32_t OrientationInTiff(Bytes tiff) {
  constexpr uint32_t kOrientationTag = 0x112, kShort = 3;
  const bool big_endian = StartsWith(tiff, "MM");
  if (!big_endian && !StartsWith(tiff, "II")) return 1;
  const Bytes directory = From(tiff, Number(tiff, 4, 4, big_endian));
  const uint32_t count = Number(directory, 0, 2, big_endian);
  for (uint32_t i = 0; i < count; ++i) {
    const Bytes entry = From(directory, 2 + size_t{12} * i);
    if (entry.size() < 12) return 1;
    if (Number(entry, 0, 2, big_endian) != kOrientationTag) continue;
    const uint32_t value = Number(entry, 8, 2, big_endian);
    const bool known = Number(entry, 2, 2, big_endian) == kShort && 1 <= value && value <= 8;
    return known ? value : 1;
  }
  return 1;
}

}  // namespace

uint32_t ExifOrientation(std::span<const uint8_t> encoded) {
  const Bytes exif = FindExif(encoded);
  // JPEG's header is also found where it does not belong.
  return OrientationInTiff(StartsWith(exif, kExifHeader) ? exif.subspan(kExifHeader.size()) : exif);
}

}  // namespace wranglet
