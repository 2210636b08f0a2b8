#include "kernels/image/webp_writer.h"

#include <cstdlib>

#include "src/webp/encode.h"

namespace wranglet {
namespace {

void Check(int ok) {
  if (!ok) std::abort();
}

}  // namespace

std::vector<uint8_t> WriteWebp(const Picture& picture, const WebpOptions& options) {
  WebPConfig config;
  Check(WebPConfigInit(&config));
  config.lossless = options.lossless;
  config.exact = 1;
  config.method = 2;  // faster than the default
  config.quality = options.lossless ? 20 : options.quality;
  WebPPicture encoder;
  Check(WebPPictureInit(&encoder));
  encoder.use_argb = options.lossless;
  encoder.width = picture.width;
  encoder.height = picture.height;
  const int stride = picture.width * picture.channels;
  Check(picture.channels == 4 ? WebPPictureImportRGBA(&encoder, picture.pixels.data(), stride)
                              : WebPPictureImportRGB(&encoder, picture.pixels.data(), stride));
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  encoder.writer = WebPMemoryWrite;
  encoder.custom_ptr = &writer;
  Check(WebPEncode(&config, &encoder));
  std::vector<uint8_t> file(writer.mem, writer.mem + writer.size);
  WebPMemoryWriterClear(&writer);
  WebPPictureFree(&encoder);
  return file;
}

}  // namespace wranglet
