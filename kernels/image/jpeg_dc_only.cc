#include "kernels/image/jpeg_dc_only.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>  // jpeglib.h names FILE
#include <cstring>
#include <span>

#include "jpeglib.h"
// After jpeglib.h, on whose version its numbers depend.
#include "jerror.h"

// The blocks of one component, in place of libjpeg's own, whose inside only its memory manager
// knows. Whole blocks exist of the rows that were accessed last.
struct jvirt_barray_control {
  JDIMENSION blocks, rows;  // of the component: blocks a row, and rows of blocks
  JDIMENSION first, count;  // the rows in `window`
  JBLOCKARRAY window;
  JDIMENSION window_rows;
  JCOEF* dc;  // rows * blocks
};

namespace wranglet {
namespace {

using Bytes = std::span<const uint8_t>;

template <typename T>
T* Allocate(j_common_ptr jpeg, size_t count) {
  void* memory = jpeg->mem->alloc_large(jpeg, JPOOL_IMAGE, count * sizeof(T));
  std::memset(memory, 0, count * sizeof(T));
  return static_cast<T*>(memory);
}

jvirt_barray_ptr RequestArray(j_common_ptr jpeg, int /*pool*/, boolean /*zeroed*/,
                              JDIMENSION blocks, JDIMENSION rows, JDIMENSION window_rows) {
  jvirt_barray_ptr array = Allocate<jvirt_barray_control>(jpeg, 1);
  array->blocks = blocks;
  array->rows = rows;
  array->window_rows = window_rows;
  array->dc = Allocate<JCOEF>(jpeg, size_t{rows} * blocks);
  array->window = Allocate<JBLOCKROW>(jpeg, window_rows);
  for (JDIMENSION i = 0; i < window_rows; ++i) array->window[i] = Allocate<JBLOCK>(jpeg, blocks);
  return array;
}

template <typename Move>
void ForEachDc(jvirt_barray_ptr array, Move move) {
  for (JDIMENSION row = 0; row < array->count; ++row) {
    JCOEF* dc = array->dc + size_t{array->first + row} * array->blocks;
    for (JDIMENSION x = 0; x < array->blocks; ++x) move(dc[x], array->window[row][x][0]);
  }
}

JBLOCKARRAY AccessArray(j_common_ptr jpeg, jvirt_barray_ptr array, JDIMENSION first,
                        JDIMENSION count, boolean /*writable*/) {
  if (count > array->window_rows || first > array->rows || count > array->rows - first)
    ERREXIT(jpeg, JERR_BAD_VIRTUAL_ACCESS);
  if (first == array->first && count == array->count) return array->window;
  ForEachDc(array, [](JCOEF& kept, JCOEF& seen) { kept = seen; });
  array->first = first;
  array->count = count;
  ForEachDc(array, [](JCOEF& kept, JCOEF& seen) { seen = kept; });
  return array->window;
}

constexpr uint8_t kEscape = 0xFF, kScan = 0xDA, kEnd = 0xD9;

// What is left of `bytes` from `at` on; nothing beyond their end.
Bytes From(Bytes bytes, size_t at) { return at < bytes.size() ? bytes.subspan(at) : Bytes(); }

// How many bytes come before the first marker that does not belong into a scan's data.
size_t EntropyCodedBytes(Bytes bytes) {
  size_t at = 0;
  while (at + 1 < bytes.size()) {
    const void* escape = std::memchr(bytes.data() + at, kEscape, bytes.size() - 1 - at);
    if (!escape) break;
    at = static_cast<size_t>(static_cast<const uint8_t*>(escape) - bytes.data());
    const uint8_t next = bytes[at + 1];
    const bool restart = 0xD0 <= next && next <= 0xD7;
    if (next != 0 && next != kEscape && !restart) return at;
    at += next == kEscape ? 1 : 2;
  }
  return bytes.size();
}

// Bytes of the segment that begins here, with the data behind a scan's header.
size_t SegmentBytes(Bytes bytes) {
  const size_t header = size_t{2} + (bytes[2] << 8 | bytes[3]);
  return bytes[1] == kScan ? header + EntropyCodedBytes(From(bytes, header)) : header;
}

// Whether a scan begins here whose band of coefficients does not begin with DC. The header: marker,
// length (2 bytes), how many components, 2 bytes for each, the band's first coefficient.
bool IsAcScan(Bytes bytes) {
  if (bytes.size() < 5 || bytes[0] != kEscape || bytes[1] != kScan) return false;
  const Bytes band = From(bytes, size_t{5} + 2 * bytes[4]);
  return !band.empty() && band[0] != 0;
}

// How many bytes come before the next AC scan. `bytes` begin in a scan's data, or with a marker.
size_t BytesBeforeAcScan(Bytes bytes) {
  size_t at = 0;
  for (Bytes rest = bytes; !IsAcScan(rest); rest = From(bytes, at)) {
    if (rest.size() < 4 || (rest[0] == kEscape && rest[1] == kEnd)) return bytes.size();
    if (rest[0] != kEscape) {
      at += EntropyCodedBytes(rest);
    } else {
      at += rest[1] == kEscape ? 1 : SegmentBytes(rest);
    }
  }
  return at;
}

// A file in memory without its AC scans.
struct Source {
  jpeg_source_mgr manager;  // first: libjpeg's pointer to it is one to the Source
  const uint8_t* rest;      // from an AC scan on
  size_t rest_bytes;
};

// Gives the bytes up to the next AC scan.
void Give(Source* source, Bytes rest) {
  const size_t size = BytesBeforeAcScan(rest);
  source->manager.next_input_byte = rest.data();
  source->manager.bytes_in_buffer = std::min(size, rest.size());
  const Bytes behind = From(rest, size);
  source->rest = behind.data();
  source->rest_bytes = behind.size();
}

boolean FillBuffer(j_decompress_ptr jpeg) {
  auto* source = reinterpret_cast<Source*>(jpeg->src);
  Bytes rest(source->rest, source->rest_bytes);
  while (IsAcScan(rest)) rest = From(rest, SegmentBytes(rest));
  if (rest.empty()) WARNMS(jpeg, JWRN_JPEG_EOF);  // which ends the decoding
  Give(source, rest);
  return TRUE;
}

void Skip(j_decompress_ptr jpeg, long bytes) {  // NOLINT: libjpeg's type
  jpeg_source_mgr* source = jpeg->src;
  auto left = static_cast<size_t>(std::max(bytes, 0L));
  while (left > source->bytes_in_buffer) {
    left -= source->bytes_in_buffer;
    FillBuffer(jpeg);
  }
  source->next_input_byte += left;
  source->bytes_in_buffer -= left;
}

void SkipAcScans(j_decompress_ptr jpeg) {
  auto* source = Allocate<Source>(reinterpret_cast<j_common_ptr>(jpeg), 1);
  source->manager.init_source = source->manager.term_source = [](j_decompress_ptr) {};
  source->manager.fill_input_buffer = FillBuffer;
  source->manager.skip_input_data = Skip;
  source->manager.resync_to_restart = jpeg_resync_to_restart;
  Give(source, {jpeg->src->next_input_byte, jpeg->src->bytes_in_buffer});
  jpeg->src = &source->manager;
}

}  // namespace

void DecodeDcOnly(jpeg_decompress_struct* jpeg) {
  jpeg->mem->request_virt_barray = RequestArray;
  jpeg->mem->access_virt_barray = AccessArray;
  jpeg->do_block_smoothing = FALSE;  // which would guess AC coefficients
  if (jpeg->progressive_mode) SkipAcScans(jpeg);
}

}  // namespace wranglet
