// LabelledImages: the images a network is measured on, and which class each is of.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_LABELLED_IMAGES_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_LABELLED_IMAGES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"

namespace wranglet {

struct LabelledImage {
  std::string path;
  std::optional<size_t> label;  // index of its class; nothing when it has none
};

// What a user says of his images. Without a table, a folder's sub-folders hold the images of one
// label each and are named by it; images and folders without sub-folders have no labels.
struct ImageSource {
  std::vector<std::string>
      paths;                 // images and folders; with a table at most one: its files' folder
  std::string labels_csv;    // path of a table, "" for none, with a column "file" and
  std::string label_column;  // this one; "": the one called label, class_index or class
  std::string only;          // "COLUMN=VALUE": rows that count; "": all
  bool unlabelled = false;   // leave the labels away
  size_t limit = 0;          // take so many, evenly from all; 0: all
};

// What labels mean to a network.
struct LabelMeaning {
  size_t classes = 0;               // how many the network has
  std::vector<std::string> labels;  // theirs; empty when they are not known
  std::string class_map;            // path of a table without header: label, index; "": none
  size_t class_offset = 0;          // added to every index a label or the map gives as a number
};

// The images, in an order that depends on their names only. A label is looked up in the class map,
// if there is one, else among the network's labels; else it is a number. Errors name the file: a
// label that means no class, a folder without images, a table without such a column.
Result<std::vector<LabelledImage>> ListLabelledImages(const ImageSource& source,
                                                      const LabelMeaning& meaning);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_LABELLED_IMAGES_H_
