#include "kernels/image/exif_writer.h"

#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <string_view>
#include <utility>

#include "kernels/image/jpeg_decoder.h"
#include "kernels/image/png_decoder.h"
#include "src/webp/decode.h"
#include "zlib.h"

namespace wranglet {
namespace {

using Bytes = std::vector<uint8_t>;

void Put(Bytes& bytes, uint32_t value, int size, bool big_endian) {
  for (int i = 0; i < size; ++i)
    bytes.push_back(static_cast<uint8_t>(value >> (8 * (big_endian ? size - 1 - i : i))));
}

void Put(Bytes& bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

void Insert(Bytes& bytes, size_t at, const Bytes& what) {
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), what.begin(), what.end());
}

Bytes JpegSegment(const Bytes& exif) {
  constexpr std::string_view kHeader("Exif\0\0", 6);
  Bytes segment = {0xFF, 0xE1};
  Put(segment, static_cast<uint32_t>(2 + kHeader.size() + exif.size()), 2, true);
  Put(segment, kHeader);
  Insert(segment, segment.size(), exif);
  return segment;
}

Bytes PngChunk(const Bytes& exif) {
  Bytes chunk;
  Put(chunk, static_cast<uint32_t>(exif.size()), 4, true);
  Put(chunk, "eXIf");
  Insert(chunk, chunk.size(), exif);
  const uLong crc = crc32(0, chunk.data() + 4, static_cast<uInt>(chunk.size() - 4));
  Put(chunk, static_cast<uint32_t>(crc), 4, true);
  return chunk;
}

Bytes WebpChunk(std::string_view name, const Bytes& contents) {
  Bytes chunk;
  Put(chunk, name);
  Put(chunk, static_cast<uint32_t>(contents.size()), 4, false);
  Insert(chunk, chunk.size(), contents);
  if (contents.size() % 2 == 1) chunk.push_back(0);
  return chunk;
}

// Metadata makes it "extended": a VP8X chunk, whose flags tell what there is, comes first.
Bytes ExtendedWebp(Bytes file, const Bytes& exif) {
  constexpr uint8_t kExif = 0x08, kAlpha = 0x10;
  constexpr size_t kFirstChunk = 12, kContents = 8;
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(file.data(), file.size(), &features) != VP8_STATUS_OK) std::abort();
  if (file[kFirstChunk + 3] != 'X') {
    Bytes extended = {static_cast<uint8_t>(features.has_alpha ? kAlpha : 0), 0, 0, 0};
    Put(extended, static_cast<uint32_t>(features.width - 1), 3, false);
    Put(extended, static_cast<uint32_t>(features.height - 1), 3, false);
    Insert(file, kFirstChunk, WebpChunk("VP8X", extended));
  }
  file[kFirstChunk + kContents] |= kExif;
  Insert(file, file.size(), WebpChunk("EXIF", exif));
  Bytes size;
  Put(size, static_cast<uint32_t>(file.size() - 8), 4, false);
  for (size_t i = 0; i < size.size(); ++i) file[4 + i] = size[i];
  return file;
}

}  // namespace

std::vector<uint8_t> MakeExif(uint32_t orientation, bool big_endian) {
  constexpr uint32_t kShort = 3, kLong = 4;
  struct Entry {
    uint32_t tag, type, value;
  };
  Bytes exif;
  Put(exif, big_endian ? "MM" : "II");
  Put(exif, 42, 2, big_endian);
  Put(exif, 8, 4, big_endian);
  const Entry entries[] = {{0x100, kLong, 4000}, {0x112, kShort, orientation}, {0x128, kShort, 2}};
  Put(exif, std::size(entries), 2, big_endian);
  for (const Entry& entry : entries) {
    Put(exif, entry.tag, 2, big_endian);
    Put(exif, entry.type, 2, big_endian);
    Put(exif, 1, 4, big_endian);
    Put(exif, entry.value, entry.type == kShort ? 2 : 4, big_endian);
    if (entry.type == kShort) Put(exif, 0, 2, big_endian);
  }
  Put(exif, 0, 4, big_endian);
  return exif;
}

std::vector<uint8_t> WithExif(std::vector<uint8_t> file, const std::vector<uint8_t>& exif) {
  constexpr size_t kBehindPngHeader = 33;
  if (IsJpeg(file)) {
    Insert(file, 2, JpegSegment(exif));
  } else if (IsPng(file)) {
    Insert(file, kBehindPngHeader, PngChunk(exif));
  } else {
    file = ExtendedWebp(std::move(file), exif);
  }
  return file;
}

}  // namespace wranglet
