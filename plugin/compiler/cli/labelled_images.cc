#include "plugin/compiler/cli/labelled_images.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "plugin/compiler/cli/class_labels.h"
#include "plugin/compiler/cli/csv.h"
#include "plugin/compiler/cli/files.h"

namespace wranglet {
namespace {

namespace fs = std::filesystem;
using Images = std::vector<LabelledImage>;

// The sub-folders of a folder, hidden ones left out, in the order of their names; none of a file.
Result<std::vector<fs::path>> SubFolders(const std::string& path) {
  std::vector<fs::path> folders;
  std::error_code error;
  if (!fs::is_directory(path, error)) return folders;
  fs::directory_iterator at(path, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    const bool is_hidden = at->path().filename().string().starts_with('.');
    std::error_code ignored;
    if (!is_hidden && at->is_directory(ignored)) folders.push_back(at->path());
  }
  if (error) return Error{.message = "cannot list this folder: " + error.message(), .file = path};
  std::sort(folders.begin(), folders.end());
  return folders;
}

Status AddAll(const std::string& path, std::optional<size_t> label, Images& to) {
  WRANGLET_ASSIGN(const std::vector<std::string> images, ListImages(path));
  for (const std::string& image : images) to.push_back({image, label});
  return Done{};
}

Result<std::optional<size_t>> LabelOf(const std::string& label, const std::string& place,
                                      const ClassLabels* labels) {
  if (!labels) return std::optional<size_t>();
  Result<size_t> index = labels->ClassOf(label);
  if (index.ok()) return std::optional(*index);
  index.error().file = place;
  return index.error();
}

// `labels` is null when the images should have none.
Result<Images> FromPaths(const std::vector<std::string>& paths, const ClassLabels* labels) {
  Images images;
  for (const std::string& path : paths) {
    WRANGLET_ASSIGN(const std::vector<fs::path> folders, SubFolders(path));
    for (const fs::path& folder : folders) {
      WRANGLET_ASSIGN(const std::optional<size_t> label,
                      LabelOf(folder.filename().string(), folder.string(), labels));
      WRANGLET_RETURN_IF_ERROR(AddAll(folder.string(), label, images));
    }
    if (folders.empty()) WRANGLET_RETURN_IF_ERROR(AddAll(path, std::nullopt, images));
  }
  return images;
}

Result<size_t> LabelColumn(const Csv& csv, const std::string& asked) {
  if (!asked.empty()) return csv.Column(asked);
  for (const char* usual : {"label", "class_index", "class"}) {
    const Result<size_t> column = csv.Column(usual);
    if (column.ok()) return column;
  }
  Result<size_t> none = csv.Column("label");
  none.error().hint += "; give --label-column";
  return none;
}

struct RowFilter {
  size_t column = 0;
  std::string value;
  bool Lets(const std::vector<std::string>& row) const { return row[column] == value; }
};

Result<std::optional<RowFilter>> ReadFilter(const Csv& csv, const std::string& only) {
  if (only.empty()) return std::optional<RowFilter>();
  const size_t equals = only.find('=');
  if (equals == std::string::npos) {
    return Error{.message = "--only cannot be '" + only + "'", .hint = "give COLUMN=VALUE"};
  }
  WRANGLET_ASSIGN(const size_t column, csv.Column(only.substr(0, equals)));
  return std::optional(RowFilter{column, only.substr(equals + 1)});
}

Result<Images> FromTable(const ImageSource& source, const ClassLabels* labels) {
  WRANGLET_ASSIGN(const Csv csv, ReadCsv(source.labels_csv));
  WRANGLET_ASSIGN(const size_t file, csv.Column("file"));
  WRANGLET_ASSIGN(const size_t label_column,
                  labels ? LabelColumn(csv, source.label_column) : Result<size_t>(file));
  WRANGLET_ASSIGN(const std::optional<RowFilter> filter, ReadFilter(csv, source.only));
  const fs::path folder =
      source.paths.empty() ? fs::path(source.labels_csv).parent_path() : fs::path(source.paths[0]);
  Images images;
  for (size_t i = 0; i < csv.rows.size(); ++i) {
    const std::vector<std::string>& row = csv.rows[i];
    if (filter && !filter->Lets(row)) continue;
    const std::string place = source.labels_csv + ": line " + std::to_string(csv.lines[i]);
    WRANGLET_ASSIGN(const std::optional<size_t> label, LabelOf(row[label_column], place, labels));
    images.push_back({(folder / row[file]).string(), label});
  }
  if (images.empty()) {
    return Error{.message = filter ? "has no row with " + source.only : "has no row",
                 .file = source.labels_csv};
  }
  return images;
}

// `limit` of them at even distances, so that every label keeps its share.
Images Thinned(Images images, size_t limit) {
  if (limit == 0 || limit >= images.size()) return images;
  Images kept;
  for (size_t i = 0; i < limit; ++i) {
    kept.push_back(std::move(images[i * images.size() / limit]));
  }
  return kept;
}

}  // namespace

Result<std::vector<LabelledImage>> ListLabelledImages(const ImageSource& source,
                                                      const LabelMeaning& meaning) {
  WRANGLET_ASSIGN(const ClassLabels read, ClassLabels::Read(meaning));
  const ClassLabels* labels = source.unlabelled ? nullptr : &read;
  WRANGLET_ASSIGN(Images images, source.labels_csv.empty() ? FromPaths(source.paths, labels)
                                                           : FromTable(source, labels));
  return Thinned(std::move(images), source.limit);
}

}  // namespace wranglet
