// Text in HTML and SVG.

#ifndef WRANGLET_PLUGIN_COMPILER_REPORT_HTML_H_
#define WRANGLET_PLUGIN_COMPILER_REPORT_HTML_H_

#include <string>
#include <string_view>

namespace wranglet {

// `text` as it is written in an element or in a quoted attribute. Names come from files of
// anybody's making: bytes that are not UTF-8, and control characters, become U+FFFD.
std::string EscapeHtml(std::string_view text);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_REPORT_HTML_H_
