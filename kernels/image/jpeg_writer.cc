#include "kernels/image/jpeg_writer.h"

#include <cstdio>  // jpeglib.h names FILE
#include <cstdlib>

#include "jpeglib.h"

namespace wranglet {
namespace {

J_COLOR_SPACE ColorSpaceOf(int32_t channels) {
  return channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
}

// Every coefficient first without its lowest bit, then that bit.
std::vector<jpeg_scan_info> ManyScans() {
  std::vector<jpeg_scan_info> scans;
  for (int coefficient = 0; coefficient < 64; ++coefficient) {
    for (int low = 1; low >= 0; --low) {
      scans.push_back({.comps_in_scan = 1,
                       .component_index = {0},
                       .Ss = coefficient,
                       .Se = coefficient,
                       .Ah = low == 1 ? 0 : 1,
                       .Al = low});
    }
  }
  return scans;
}

void SetColor(jpeg_compress_struct* jpeg, const JpegOptions& options) {
  if (jpeg->input_components == 4)
    jpeg_set_colorspace(jpeg, options.transformed ? JCS_YCCK : JCS_CMYK);
  if (jpeg->input_components == 3 && !options.transformed) jpeg_set_colorspace(jpeg, JCS_RGB);
  if (!options.adobe) jpeg->write_Adobe_marker = FALSE;
  if (options.subsampled) jpeg->comp_info[0].h_samp_factor = jpeg->comp_info[0].v_samp_factor = 2;
  if (options.subsampled && jpeg->input_components == 4) {
    jpeg->comp_info[3].h_samp_factor = jpeg->comp_info[3].v_samp_factor = 2;
  }
  if (!options.subsampled) jpeg->comp_info[0].h_samp_factor = jpeg->comp_info[0].v_samp_factor = 1;
  if (!options.subsampled && jpeg->input_components == 4) {
    jpeg->comp_info[3].h_samp_factor = jpeg->comp_info[3].v_samp_factor = 1;
  }
}

}  // namespace

std::vector<uint8_t> WriteJpeg(const Picture& picture, const JpegOptions& options) {
  jpeg_error_mgr errors = {};
  errors.error_exit = [](j_common_ptr) { std::abort(); };
  errors.emit_message = [](j_common_ptr, int) {};
  errors.reset_error_mgr = [](j_common_ptr) {};
  jpeg_compress_struct jpeg = {};
  jpeg.err = &errors;
  jpeg_create_compress(&jpeg);
  unsigned char* data = nullptr;
  unsigned long size = 0;  // NOLINT: libjpeg's type
  jpeg_mem_dest(&jpeg, &data, &size);

  jpeg.image_width = static_cast<JDIMENSION>(picture.width);
  jpeg.image_height = static_cast<JDIMENSION>(picture.height);
  jpeg.input_components = picture.channels;
  jpeg.in_color_space = ColorSpaceOf(picture.channels);
  jpeg_set_defaults(&jpeg);
  SetColor(&jpeg, options);
  jpeg_set_quality(&jpeg, options.quality, TRUE);
  const std::vector<jpeg_scan_info> scans = ManyScans();
  if (options.progressive) jpeg_simple_progression(&jpeg);
  if (options.many_scans) {
    jpeg.scan_info = scans.data();
    jpeg.num_scans = static_cast<int>(scans.size());
  }

  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    const size_t row = static_cast<size_t>(jpeg.next_scanline) * picture.width * picture.channels;
    JSAMPROW rows[] = {const_cast<JSAMPROW>(picture.pixels.data() + row)};
    jpeg_write_scanlines(&jpeg, rows, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::vector<uint8_t> file(data, data + size);
  std::free(data);
  return file;
}

}  // namespace wranglet
