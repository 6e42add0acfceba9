// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The models that `livedub models` knows: what they are, where their files come from, and what
// those must be. Immutable values; which of them are here is in model_directory.hpp.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace livedub::models {

/// In the order of the list. Values are printed by name: add at the end.
enum class ModelKind {
    kWhisper = 1,
    kVad = 2,
    kVoice = 3,
    kTranslation = 4,
};

[[nodiscard]] std::string_view to_string(ModelKind kind) noexcept;

/// What a file is by its first bytes.
enum class FileFormat {
    kGgml = 1,
    kOnnx = 2,
    kJson = 3,
    kSentencePiece = 4,
};

struct ModelFile {
    std::string path;  // below the directory of models: "ggml-base.bin", "opus-mt-en-es/source.spm"
    FileFormat format = FileFormat::kGgml;
    std::string url;                             // http or https
    std::optional<std::uint64_t> bytes{};        // exactly; checked
    std::optional<std::uint64_t> about_bytes{};  // where they are not known exactly; not checked
    std::string sha256{};                        // 64 hexadecimal digits; empty: none is known
};

struct Model {
    std::string name;                    // "whisper-base"
    std::vector<std::string> aliases{};  // "base"
    ModelKind kind = ModelKind::kWhisper;
    std::string language;  // "en", "es-MX", "en>es"; "many", or "any" where none matters
    std::string licence;   // of the weights and of what they were made from
    std::string source;    // a page about it
    std::string
        directory{};  // below the directory of models, where its files have one to themselves
    std::vector<ModelFile> files;  // the first is the one to give to an engine

    /// Of all files together, about; nullopt when one of them is not known, not even about.
    [[nodiscard]] std::optional<std::uint64_t> bytes() const;
};

class Catalogue {
  public:
    /// @param name Of the text, for errors: a file, or "the built-in catalogue".
    ///
    /// Errors: kInvalidArgument, naming the place, the value and what is allowed. Paths that lead
    /// out of the directory of models, names that stand for two models, and files that belong to
    /// two are among them.
    [[nodiscard]] static Result<Catalogue> parse(std::string_view text, std::string_view name);

    /// Errors: kInvalidArgument; a file that cannot be read, or has more than 16 MiB, is one.
    [[nodiscard]] static Result<Catalogue> load(const std::string& file);

    /// The one that is compiled in.
    [[nodiscard]] static const Catalogue& built_in();

    [[nodiscard]] std::span<const Model> models() const noexcept { return models_; }

    /// By name or alias; nullptr when there is none. Lives as long as the catalogue.
    [[nodiscard]] const Model* find(std::string_view name) const noexcept;

  private:
    std::vector<Model> models_;
};

}  // namespace livedub::models
