// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/model_folder.hpp"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace livedub::opus {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "opus-mt-";

/// "opus-mt-en-es", and not "opus-mt-tc-big-en-es": that reads other languages' signs.
bool is_pair_folder(const std::string& name) {
    const auto pair = name.substr(std::min(name.size(), kPrefix.size()));
    const auto dash = pair.find('-');
    return name.starts_with(kPrefix) && dash != std::string::npos && dash > 0 &&
           dash + 1 < pair.size() && pair.find('-', dash + 1) == std::string::npos;
}

/// Finds files in a folder and remembers which are not there.
class Finder {
  public:
    explicit Finder(const fs::path& folder) : folder_{folder} {}

    /// The first of `names` that there is.
    fs::path find(const std::vector<std::string>& names) {
        for (const auto& name : names) {
            std::error_code error;
            if (fs::is_regular_file(folder_ / name, error)) {
                return folder_ / name;
            }
        }
        missing_.push_back(names.front());
        return {};
    }

    fs::path find_graph(const std::string& stem) {
        return find({stem + ".onnx", stem + "_quantized.onnx", "onnx/" + stem + ".onnx",
                     "onnx/" + stem + "_quantized.onnx"});
    }

    [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }

  private:
    const fs::path& folder_;
    std::vector<std::string> missing_;
};

}  // namespace

std::string folder_name(std::string_view source, std::string_view target) {
    return fmt::format("{}{}-{}", kPrefix, source, target);
}

std::vector<fs::path> pair_folders(const std::vector<fs::path>& directories) {
    std::map<std::string, fs::path> by_name;
    for (const auto& directory : directories) {
        std::error_code error;
        for (fs::directory_iterator it{directory, error}, end; !error && it != end;
             it.increment(error)) {
            const auto name = it->path().filename().string();
            if (std::error_code ignored; is_pair_folder(name) && it->is_directory(ignored)) {
                by_name.emplace(name, it->path());
            }
        }
    }
    std::vector<fs::path> folders;
    folders.reserve(by_name.size());
    for (auto& [name, path] : by_name) {
        folders.push_back(std::move(path));
    }
    return folders;
}

Result<ModelFiles> files_of(const fs::path& folder) {
    Finder finder{folder};
    ModelFiles files{.encoder = finder.find_graph("encoder_model"),
                     .decoder = finder.find_graph("decoder_model_merged"),
                     .source_pieces = finder.find({"source.spm"}),
                     .target_pieces = finder.find({"target.spm"}),
                     .vocabulary = finder.find({"vocab.json"}),
                     .config = finder.find({"config.json"}),
                     .generation = {}};
    if (!finder.missing().empty()) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{} lacks {}", folder.string(), fmt::join(finder.missing(), ", ")));
    }
    const auto generation = folder / "generation_config.json";
    if (std::error_code error; fs::is_regular_file(generation, error)) {
        files.generation = generation;
    }
    return files;
}

}  // namespace livedub::opus
