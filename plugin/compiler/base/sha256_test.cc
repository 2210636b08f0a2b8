#include "plugin/compiler/base/sha256.h"

#include <gtest/gtest.h>

#include <string>

namespace wranglet {
namespace {

// Vectors of NIST's "Secure Hash Standard" example values and CAVP SHA256ShortMsg.
TEST(Sha256, NistVectors) {
  EXPECT_EQ(Sha256().HexDigest(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256().Update("abc").HexDigest(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256().Update("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").HexDigest(),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256()
                .Update("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                        "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")
                .HexDigest(),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  EXPECT_EQ(Sha256().Update(std::string(1'000'000, 'a')).HexDigest(),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, HowTheMessageIsSplitDoesNotMatter) {
  for (size_t length = 0; length < 200; ++length) {
    const std::string message(length, 'x');
    Sha256 split;
    for (size_t i = 0; i < length; i += 7) split.Update(std::string_view(message).substr(i, 7));
    EXPECT_EQ(split.HexDigest(), Sha256().Update(message).HexDigest()) << length;
  }
}

}  // namespace
}  // namespace wranglet
