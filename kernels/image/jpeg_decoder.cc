#include "kernels/image/jpeg_decoder.h"

#include <csetjmp>
#include <cstdio>  // jpeglib.h names FILE
#include <cstdlib>
#include <new>

#include "jpeglib.h"
// After jpeglib.h, on whose version its numbers depend.
#include "jerror.h"
#include "kernels/image/cmyk.h"
#include "kernels/image/jpeg_dc_only.h"

namespace wranglet {
namespace {

// libjpeg calls this and must not return from it: back to Guarded().
struct Escape {
  std::jmp_buf place;
  ImageStatus status;
};

[[noreturn]] void EscapeWith(j_common_ptr common, ImageStatus status) {
  auto* escape = static_cast<Escape*>(common->client_data);
  escape->status = status;
  std::longjmp(escape->place, 1);
}

ImageStatus StatusOfError(int code) {
  switch (code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
      return ImageStatus::kOutOfMemory;
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
      return ImageStatus::kTooManyPixels;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_NO_SOI:
    case JERR_SOF_UNSUPPORTED:
      return ImageStatus::kUnknownFormat;
    default:
      return ImageStatus::kCorrupt;
  }
}

// libjpeg goes on after these with pixels of its own invention.
bool SpoilsPixels(int warning) {
  return warning == JWRN_HIT_MARKER || warning == JWRN_HUFF_BAD_CODE || warning == JWRN_JPEG_EOF ||
         warning == JWRN_MUST_RESYNC || warning == JWRN_TOO_MUCH_DATA;
}

void OnError(j_common_ptr common) { EscapeWith(common, StatusOfError(common->err->msg_code)); }

void OnMessage(j_common_ptr common, int level) {
  const bool warning = level < 0;
  if (warning && SpoilsPixels(common->err->msg_code)) EscapeWith(common, ImageStatus::kCorrupt);
}

void OnProgress(j_common_ptr common) {
  auto* jpeg = reinterpret_cast<j_decompress_ptr>(common);
  const int64_t scans = jpeg->input_scan_number;
  if (scans > kMaxJpegScans || scans * jpeg->image_width * jpeg->image_height > kMaxJpegScanPixels)
    EscapeWith(common, ImageStatus::kTooCostly);
}

void Ignore(j_common_ptr) {}
void IgnoreText(j_common_ptr, char*) {}

bool IsCmyk(const jpeg_decompress_struct& jpeg) {
  return jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
}

}  // namespace

struct JpegDecoder::State {
  std::span<const uint8_t> encoded;
  Escape escape = {};
  jpeg_error_mgr errors = {};
  jpeg_progress_mgr progress = {};
  jpeg_decompress_struct jpeg = {};
  JSAMPROW cmyk_row = nullptr;  // in libjpeg's pool; only when CMYK becomes grey
};

bool IsJpeg(std::span<const uint8_t> encoded) {
  return encoded.size() >= 3 && encoded[0] == 0xFF && encoded[1] == 0xD8 && encoded[2] == 0xFF;
}

// Runs `call(state)`, and returns how it ended. libjpeg leaves it by longjmp, so it must hold no
// object with a destructor.
template <typename Call>
ImageStatus JpegDecoder::Guarded(Call call) {
  State* state = state_.get();
  if (setjmp(state->escape.place) != 0) return state->escape.status;
  return call(state);
}

JpegDecoder::JpegDecoder(std::span<const uint8_t> encoded) : state_(new (std::nothrow) State) {
  if (!state_) return;
  State& state = *state_;
  state.encoded = encoded;
  state.errors.error_exit = OnError;
  state.errors.emit_message = OnMessage;
  state.errors.output_message = Ignore;
  state.errors.format_message = IgnoreText;
  state.errors.reset_error_mgr = Ignore;
  state.progress.progress_monitor = OnProgress;
  state.jpeg.err = &state.errors;
  state.jpeg.client_data = &state.escape;
}

JpegDecoder::~JpegDecoder() {
  if (state_)
    jpeg_destroy_decompress(&state_->jpeg);  // also after an escape, or when nothing was created
}

ImageStatus JpegDecoder::ReadHeader(ImageInfo* info) {
  if (!state_) return ImageStatus::kOutOfMemory;
  const ImageStatus status = Guarded([](State* state) {
    jpeg_decompress_struct* jpeg = &state->jpeg;
    jpeg_create_decompress(jpeg);
    jpeg->progress = &state->progress;
    jpeg->mem->max_memory_to_use = kMaxWholePictureBytes;
    jpeg_mem_src(jpeg, state->encoded.data(), state->encoded.size());
    jpeg_read_header(jpeg, TRUE);
    return ImageStatus::kOk;
  });
  if (status != ImageStatus::kOk) return status;
  info->width = static_cast<int32_t>(state_->jpeg.image_width);
  info->height = static_cast<int32_t>(state_->jpeg.image_height);
  return int64_t{info->width} * info->height > kMaxImagePixels ? ImageStatus::kTooManyPixels
                                                               : ImageStatus::kOk;
}

ImageStatus JpegDecoder::Start(Pixels pixels, int eighths, SourceRows* rows) {
  return Guarded([pixels, eighths, rows](State* state) {
    jpeg_decompress_struct* jpeg = &state->jpeg;
    const bool cmyk = IsCmyk(*jpeg);
    if (cmyk) {
      jpeg->out_color_space = JCS_CMYK;
    } else {
      jpeg->out_color_space = pixels == Pixels::kGray ? JCS_GRAYSCALE : JCS_EXT_RGBX;
    }
    jpeg->scale_num = static_cast<unsigned>(eighths);
    jpeg->scale_denom = 8;
    jpeg->dct_method = JDCT_ISLOW;
    if (eighths == 1 && jpeg_has_multiple_scans(jpeg)) DecodeDcOnly(jpeg);
    jpeg_start_decompress(jpeg);
    if (cmyk && pixels == Pixels::kGray) {
      state->cmyk_row = static_cast<JSAMPROW>(jpeg->mem->alloc_large(
          reinterpret_cast<j_common_ptr>(jpeg), JPOOL_IMAGE, size_t{4} * jpeg->output_width));
    }
    *rows = {.width = static_cast<int32_t>(jpeg->output_width),
             .height = static_cast<int32_t>(jpeg->output_height),
             .scale_x = eighths / 8.0,
             .scale_y = eighths / 8.0};
    return ImageStatus::kOk;
  });
}

ImageStatus JpegDecoder::ReadRow(uint8_t* row) {
  return Guarded([row](State* state) {
    JSAMPROW rows[] = {state->cmyk_row ? state->cmyk_row : row};
    if (jpeg_read_scanlines(&state->jpeg, rows, 1) != 1) return ImageStatus::kCorrupt;
    if (IsCmyk(state->jpeg)) {
      const auto width = static_cast<int32_t>(state->jpeg.output_width);
      const bool absence = state->jpeg.saw_Adobe_marker;
      if (state->cmyk_row) {
        CmykRowToGray(state->cmyk_row, row, width, absence);
      } else {
        CmykRowToRgbx(row, width, absence);
      }
    }
    return ImageStatus::kOk;
  });
}

ImageStatus JpegDecoder::Finish() {
  return Guarded([](State* state) {
    jpeg_finish_decompress(&state->jpeg);
    return ImageStatus::kOk;
  });
}

}  // namespace wranglet
