// A JPEG at an eighth of its size needs of each block of 8x8 its mean alone, the DC coefficient.

#ifndef WRANGLET_KERNELS_IMAGE_JPEG_DC_ONLY_H_
#define WRANGLET_KERNELS_IMAGE_JPEG_DC_ONLY_H_

struct jpeg_decompress_struct;

namespace wranglet {

// Makes `jpeg`, a picture of several scans whose header has been read and which is to be decoded at
// 1/8, keep only DC coefficients, a 64th of all, and skip a progressive picture's other scans
// unread: damage there is not noticed. Where colour is subsampled libjpeg would have given it a
// little more than the mean.
void DecodeDcOnly(jpeg_decompress_struct* jpeg);

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_JPEG_DC_ONLY_H_
