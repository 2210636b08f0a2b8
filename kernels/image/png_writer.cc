#include "kernels/image/png_writer.h"

#include <cstddef>
#include <cstdlib>

#include "spng.h"

namespace wranglet {
namespace {

void Check(int error) {
  if (error != SPNG_OK) std::abort();
}

uint8_t ColorTypeOf(const Picture& picture, const PngOptions& options) {
  if (!options.palette.empty()) return SPNG_COLOR_TYPE_INDEXED;
  constexpr uint8_t kTypes[] = {SPNG_COLOR_TYPE_GRAYSCALE, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA,
                                SPNG_COLOR_TYPE_TRUECOLOR, SPNG_COLOR_TYPE_TRUECOLOR_ALPHA};
  return kTypes[picture.channels - 1];
}

// The samples as a file has them, but in the host's byte order: packed to bytes a row at a time, or
// spread to two bytes.
std::vector<uint8_t> Samples(const Picture& picture, int bit_depth) {
  if (bit_depth == 8) return picture.pixels;
  std::vector<uint8_t> samples;
  const size_t row = static_cast<size_t>(picture.width) * picture.channels;
  for (size_t i = 0; i < picture.pixels.size(); ++i) {
    const uint8_t value = picture.pixels[i];
    if (bit_depth == 16) {
      samples.push_back(static_cast<uint8_t>(i * 37));
      samples.push_back(value);
      continue;
    }
    const auto bit = static_cast<int>(i % row * bit_depth % 8);
    if (bit == 0) samples.push_back(0);
    samples.back() |= static_cast<uint8_t>(value << (8 - bit_depth - bit));
  }
  return samples;
}

void SetColors(spng_ctx* png, const PngOptions& options) {
  spng_trns transparency = {};
  if (options.transparent) {
    const auto [red, green, blue] = *options.transparent;
    transparency.gray = transparency.red = red;
    transparency.green = green;
    transparency.blue = blue;
  }
  spng_plte palette = {};
  for (const auto& [red, green, blue, alpha] : options.palette) {
    palette.entries[palette.n_entries++] = {.red = red, .green = green, .blue = blue};
    transparency.type3_alpha[transparency.n_type3_entries++] = alpha;
  }
  if (!options.palette.empty()) Check(spng_set_plte(png, &palette));
  if (!options.palette.empty() || options.transparent) Check(spng_set_trns(png, &transparency));
}

}  // namespace

std::vector<uint8_t> WritePng(const Picture& picture, const PngOptions& options) {
  spng_ctx* png = spng_ctx_new(SPNG_CTX_ENCODER);
  Check(spng_set_option(png, SPNG_ENCODE_TO_BUFFER, 1));
  spng_ihdr header = {.width = static_cast<uint32_t>(picture.width),
                      .height = static_cast<uint32_t>(picture.height),
                      .bit_depth = static_cast<uint8_t>(options.bit_depth),
                      .color_type = ColorTypeOf(picture, options),
                      .interlace_method = static_cast<uint8_t>(
                          options.interlaced ? SPNG_INTERLACE_ADAM7 : SPNG_INTERLACE_NONE)};
  Check(spng_set_ihdr(png, &header));
  SetColors(png, options);
  const std::vector<uint8_t> samples = Samples(picture, options.bit_depth);
  Check(spng_encode_image(png, samples.data(), samples.size(), SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE));
  size_t size = 0;
  int error = SPNG_OK;
  void* data = spng_get_png_buffer(png, &size, &error);
  Check(error);
  spng_ctx_free(png);
  std::vector<uint8_t> file(static_cast<uint8_t*>(data), static_cast<uint8_t*>(data) + size);
  std::free(data);
  return file;
}

}  // namespace wranglet
