// For tests: whether HTML is well-formed.

#ifndef WRANGLET_PLUGIN_COMPILER_REPORT_BALANCE_H_
#define WRANGLET_PLUGIN_COMPILER_REPORT_BALANCE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace wranglet {

// "" when every element that begins ends, in the order of nesting, attributes are quoted, and text
// holds no "<" or ">" of its own; else what is wrong. Elements without content end in "/>", or are
// <meta>; the doctype is passed over.
inline std::string ImbalanceOf(const std::string& html) {
  std::vector<std::string> open;
  for (size_t at = 0; at < html.size();) {
    const size_t begin = html.find_first_of("<>", at);
    if (begin == std::string::npos) break;
    if (html[begin] == '>') return "a '>' outside of a tag, after " + html.substr(at, 40);
    size_t end = begin + 1;
    for (bool quoted = false; end < html.size() && (quoted || html[end] != '>'); ++end) {
      if (html[end] == '"') quoted = !quoted;
      if (!quoted && html[end] == '<') return "a '<' in the tag " + html.substr(begin, 40);
    }
    if (end == html.size()) return "a tag that does not end: " + html.substr(begin, 40);
    const std::string tag = html.substr(begin + 1, end - begin - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    at = end + 1;
    if (name == "!doctype" || name == "meta" || tag.ends_with('/')) continue;
    if (!tag.starts_with('/')) {
      open.push_back(name);
    } else if (open.empty() || "/" + open.back() != tag) {
      return "<" + tag + "> ends " + (open.empty() ? "nothing" : "<" + open.back() + ">");
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : "<" + open.back() + "> does not end";
}

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_REPORT_BALANCE_H_
