// Writes an image of a size and a format that the bench and the memory test ask for.
//   write_image jpeg|jpeg-progressive|png|png-interlaced|webp|webp-lossless WIDTH HEIGHT FILE

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "kernels/image/jpeg_writer.h"
#include "kernels/image/picture.h"
#include "kernels/image/png_writer.h"
#include "kernels/image/webp_writer.h"

namespace wranglet {
namespace {

using Writer = std::function<std::vector<uint8_t>(const Picture&)>;

// As a camera has it.
constexpr JpegOptions kPhoto = {.quality = 85, .subsampled = true};

const std::map<std::string, Writer>& Writers() {
  static const std::map<std::string, Writer> kWriters = {
      {"jpeg", [](const Picture& picture) { return WriteJpeg(picture, kPhoto); }},
      {"jpeg-progressive",
       [](const Picture& picture) {
         JpegOptions options = kPhoto;
         options.progressive = true;
         return WriteJpeg(picture, options);
       }},
      {"png", [](const Picture& picture) { return WritePng(picture); }},
      {"png-interlaced",
       [](const Picture& picture) { return WritePng(picture, {.interlaced = true}); }},
      {"webp", [](const Picture& picture) { return WriteWebp(picture, {.quality = 80}); }},
      {"webp-lossless",
       [](const Picture& picture) { return WriteWebp(picture, {.lossless = true}); }},
  };
  return kWriters;
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() != 4 || !Writers().contains(arguments[0])) {
    std::fprintf(stderr, "usage: write_image FORMAT WIDTH HEIGHT FILE\n");
    return 2;
  }
  const Picture picture =
      MakePicture(std::atoi(arguments[1].c_str()), std::atoi(arguments[2].c_str()), /*channels=*/3);
  const std::vector<uint8_t> file = Writers().at(arguments[0])(picture);
  std::ofstream out(arguments[3], std::ios::binary);
  out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  return out.flush() ? 0 : 1;
}

}  // namespace
}  // namespace wranglet

int main(int argc, char** argv) { return wranglet::Main({argv + 1, argv + argc}); }
