#include "plugin/compiler/report/html.h"

#include <array>
#include <cstddef>

namespace wranglet {
namespace {

constexpr char kReplacement[] = "\xef\xbf\xbd";  // U+FFFD

// How a sequence of UTF-8 begins, and how long it is (RFC 3629, section 4): the second byte's range
// keeps out overlong forms, surrogates and what is over U+10FFFF.
struct Form {
  unsigned char first, last;                // of the first byte
  unsigned char second_least, second_most;  // of the second
  size_t length;
};
constexpr std::array<Form, 8> kForms = {{{0xc2, 0xdf, 0x80, 0xbf, 2},
                                         {0xe0, 0xe0, 0xa0, 0xbf, 3},
                                         {0xe1, 0xec, 0x80, 0xbf, 3},
                                         {0xed, 0xed, 0x80, 0x9f, 3},
                                         {0xee, 0xef, 0x80, 0xbf, 3},
                                         {0xf0, 0xf0, 0x90, 0xbf, 4},
                                         {0xf1, 0xf3, 0x80, 0xbf, 4},
                                         {0xf4, 0xf4, 0x80, 0x8f, 4}}};

bool Follows(const Form& form, std::string_view text) {
  if (text.size() < form.length) return false;
  for (size_t i = 1; i < form.length; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const unsigned char least = i == 1 ? form.second_least : 0x80;
    const unsigned char most = i == 1 ? form.second_most : 0xbf;
    if (c < least || c > most) return false;
  }
  return true;
}

// The length of the character of more than one byte that `text` begins with; 0 when it is none.
size_t LengthOfMultibyte(std::string_view text) {
  const auto c = static_cast<unsigned char>(text[0]);
  for (const Form& form : kForms) {
    if (form.first <= c && c <= form.last) return Follows(form, text) ? form.length : 0;
  }
  return 0;
}

// The entity of a character with a meaning of its own; U+FFFD for a control character; null for any
// other.
const char* Substitute(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\t':
    case '\n':
      return nullptr;
    default:
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? kReplacement : nullptr;
  }
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    size_t length = 1;
    if (static_cast<unsigned char>(text[0]) >= 0x80) {
      length = LengthOfMultibyte(text);
      html += length > 0 ? text.substr(0, length) : kReplacement;
      if (length == 0) length = 1;
    } else if (const char* substitute = Substitute(text[0])) {
      html += substitute;
    } else {
      html += text[0];
    }
    text.remove_prefix(length);
  }
  return html;
}

}  // namespace wranglet
