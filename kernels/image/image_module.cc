// The exports of image.wasm (docs/architecture.md): one image at a time, from the Worker's
// JavaScript.

#include <cstdint>
#include <span>

#include "kernels/image/array.h"
#include "kernels/image/convert.h"

#define WRANGLET_EXPORT(name) extern "C" __attribute__((export_name(#name))) auto name

namespace wranglet {
namespace {

struct Bytes {
  Array<uint8_t> data;
  uint32_t size = 0;

  // Null when there is no memory; the old contents are gone in any case.
  uint8_t* Renew(int64_t new_size) {
    data.reset();
    data = AllocateArray<uint8_t>(new_size);
    size = data ? static_cast<uint32_t>(new_size) : 0;
    return data.get();
  }
  std::span<const uint8_t> span() const { return {data.get(), size}; }
};

// What lives from one begin to the next.
struct Conversion {
  Bytes encoded, table, output;
  ImageInfo info;
};

Conversion conversion;

}  // namespace

WRANGLET_EXPORT(wranglet_image_begin)(uint32_t bytes)->uint8_t* {
  conversion = {};
  return conversion.encoded.Renew(bytes);
}

WRANGLET_EXPORT(wranglet_image_table)(uint32_t bytes)->uint8_t* {
  return conversion.table.Renew(bytes);
}

WRANGLET_EXPORT(wranglet_image_convert)
(int32_t width, int32_t height, int32_t color, int32_t crop, int32_t element_size)->ImageStatus {
  const ImageSpec spec = {.width = width,
                          .height = height,
                          .color = static_cast<ColorOrder>(color),
                          .crop = static_cast<CropPolicy>(crop),
                          .element_size = element_size};
  if (!spec.IsValid()) return ImageStatus::kBadArgument;
  uint8_t* out = conversion.output.Renew(spec.TensorBytes());
  if (!out) return ImageStatus::kOutOfMemory;
  return ConvertImage(conversion.encoded.span(), spec, conversion.table.span(), out,
                      &conversion.info);
}

WRANGLET_EXPORT(wranglet_image_output)()->const uint8_t* { return conversion.output.data.get(); }
WRANGLET_EXPORT(wranglet_image_source_width)()->int32_t { return conversion.info.width; }
WRANGLET_EXPORT(wranglet_image_source_height)()->int32_t { return conversion.info.height; }

}  // namespace wranglet

// Emscripten's allocator tells its JavaScript when memory grows; there is none here, and so nothing
// is imported.
extern "C" void emscripten_notify_memory_growth(__SIZE_TYPE__) {}
