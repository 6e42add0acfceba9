// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "files/json_excerpt.hpp"
#include "files/whole_file.hpp"
#include "models/built_in_catalogue.hpp"
#include "models/model_directory.hpp"

namespace livedub::models {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::pair<std::string_view, ModelKind>, 4> kKinds{
    {{"whisper", ModelKind::kWhisper},
     {"vad", ModelKind::kVad},
     {"voice", ModelKind::kVoice},
     {"translation", ModelKind::kTranslation}}};
constexpr std::array<std::pair<std::string_view, FileFormat>, 4> kFormats{
    {{"ggml", FileFormat::kGgml},
     {"onnx", FileFormat::kOnnx},
     {"json", FileFormat::kJson},
     {"sentencepiece", FileFormat::kSentencePiece}}};

constexpr std::size_t kLongestName = 80;
constexpr std::size_t kLongestPath = 200;
constexpr std::size_t kShaDigits = 64;

/// Nothing that a shell, a file system or a terminal makes something else of.
bool is_plain(std::string_view text) {
    return !text.empty() && text.front() != '.' && text.front() != '-' &&
           std::ranges::all_of(text, [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
           });
}

bool is_name(std::string_view text) {
    return is_plain(text) && text.size() <= kLongestName;
}

/// Plain parts with '/' between them, none of them what this room calls its own files.
bool is_path(std::string_view text) {
    if (text.size() > kLongestPath || text.ends_with(kPartialSuffix) ||
        text.ends_with(kPartialRecordSuffix) || text.ends_with(kRecordSuffix)) {
        return false;
    }
    for (;;) {
        const auto slash = text.find('/');
        if (!is_plain(text.substr(0, slash))) {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(slash + 1);
    }
}

bool is_url(std::string_view text) {
    return (text.starts_with("https://") || text.starts_with("http://")) &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isgraph(c) != 0; });
}

bool is_sha256(std::string_view text) {
    return text.size() == kShaDigits && std::ranges::all_of(text, [](unsigned char c) {
               return std::isdigit(c) != 0 || (c >= 'a' && c <= 'f');
           });
}

bool is_line(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isprint(c) != 0; });
}

/// Reads an object's values one after the other and keeps the first error.
class Reader {
  public:
    Reader(const Json& object, std::string place) : object_{object}, place_{std::move(place)} {
        if (!object_.is_object()) {
            refuse("", object_, "an object");
        }
    }

    template <typename Check>
    void text(std::string& into, const char* key, Check is_good, std::string_view allowed) {
        if (const auto* value = find(key, allowed)) {
            optional_text(into, *value, key, is_good, allowed);
        }
    }

    template <typename Check>
    void text_if_there(std::string& into, const char* key, Check is_good,
                       std::string_view allowed) {
        if (!error_ && object_.contains(key)) {
            optional_text(into, object_[key], key, is_good, allowed);
        }
    }

    template <typename Value, std::size_t Size>
    void one_of(Value& into, const char* key,
                const std::array<std::pair<std::string_view, Value>, Size>& known) {
        std::string allowed;
        for (const auto& [name, value] : known) {
            allowed += (allowed.empty() ? "" : ", ") + std::string{name};
        }
        std::string name;
        const auto is_known = [&](std::string_view text) {
            return std::ranges::any_of(known, [&](const auto& it) { return it.first == text; });
        };
        text(name, key, is_known, allowed);
        for (const auto& [text, value] : known) {
            if (text == name) {
                into = value;
            }
        }
    }

    void count_if_there(std::optional<std::uint64_t>& into, const char* key) {
        if (error_ || !object_.contains(key)) {
            return;
        }
        const auto& value = object_[key];
        if (value.is_number_unsigned() && value.get<std::uint64_t>() > 0) {
            into = value.get<std::uint64_t>();
        } else {
            refuse(key, value, "a number of bytes");
        }
    }

    /// The items of the array, each with its place; none when it is not there.
    std::vector<std::pair<const Json*, std::string>> items(const char* key, bool is_needed) {
        std::vector<std::pair<const Json*, std::string>> found;
        if (error_ || (!is_needed && !object_.contains(key))) {
            return found;
        }
        const auto* array = find(key, "an array");
        if (array == nullptr) {
            return found;
        }
        if (!array->is_array() || (is_needed && array->empty())) {
            refuse(key, *array, "an array with something in it");
            return found;
        }
        for (std::size_t i = 0; i < array->size(); ++i) {
            found.emplace_back(&(*array)[i], fmt::format("{}.{}[{}]", place_, key, i));
        }
        return found;
    }

    void refuse(std::string_view key, const Json& value, std::string_view allowed) {
        fail_with(fmt::format("{}{}{} is {} (allowed: {})", place_, key.empty() ? "" : ".", key,
                              files::excerpt(value), allowed));
    }

    void fail_with(std::string message) {
        if (!error_) {
            error_ = Error{ErrorCode::kInvalidArgument, std::move(message)};
        }
    }

    [[nodiscard]] std::optional<Error>& error() { return error_; }

  private:
    const Json* find(const char* key, std::string_view allowed) {
        if (error_) {
            return nullptr;
        }
        if (!object_.contains(key)) {
            fail_with(fmt::format("{}.{} is missing (allowed: {})", place_, key, allowed));
            return nullptr;
        }
        return &object_[key];
    }

    template <typename Check>
    void optional_text(std::string& into, const Json& value, const char* key, Check is_good,
                       std::string_view allowed) {
        if (value.is_string() && is_good(value.get_ref<const std::string&>())) {
            into = value.get<std::string>();
        } else {
            refuse(key, value, allowed);
        }
    }

    const Json& object_;
    std::string place_;
    std::optional<Error> error_;
};

Result<ModelFile> parse_file(const Json& json, const std::string& place) {
    ModelFile file;
    Reader reader{json, place};
    reader.text(file.path, "path", is_path, "a relative path of letters, digits, '.', '_' and '-'");
    reader.one_of(file.format, "format", kFormats);
    reader.text(file.url, "url", is_url, "an http or https URL");
    reader.count_if_there(file.bytes, "bytes");
    reader.count_if_there(file.about_bytes, "about_bytes");
    reader.text_if_there(file.sha256, "sha256", is_sha256, "64 hexadecimal digits in lower case");
    if (reader.error()) {
        return tl::unexpected{std::move(*reader.error())};
    }
    return file;
}

Result<Model> parse_model(const Json& json, const std::string& place) {
    Model model;
    Reader reader{json, place};
    constexpr std::string_view kName = "letters, digits, '.', '_' and '-', at most 80";
    reader.text(model.name, "name", is_name, kName);
    reader.one_of(model.kind, "kind", kKinds);
    reader.text(model.language, "language", is_line, "a line of text");
    reader.text(model.licence, "licence", is_line, "a line of text");
    reader.text(model.source, "source", is_url, "an http or https URL");
    reader.text_if_there(model.directory, "directory", is_path,
                         "a relative path of letters, digits, '.', '_' and '-'");
    for (const auto& [item, where] : reader.items("aliases", false)) {
        if (item->is_string() && is_name(item->get_ref<const std::string&>())) {
            model.aliases.push_back(item->get<std::string>());
        } else {
            reader.refuse("aliases", *item, kName);
        }
    }
    for (const auto& [item, where] : reader.items("files", true)) {
        auto file = parse_file(*item, where);
        if (!file) {
            return tl::unexpected{std::move(file).error()};
        }
        if (!model.directory.empty() && !file->path.starts_with(model.directory + "/")) {
            reader.refuse("files", file->path, "paths in the model's directory");
        }
        model.files.push_back(std::move(*file));
    }
    if (reader.error()) {
        return tl::unexpected{std::move(*reader.error())};
    }
    return model;
}

/// The first name or path that two models claim.
std::optional<std::string> claimed_twice(const std::vector<Model>& models) {
    std::set<std::string> names;
    std::set<std::string> paths;
    for (const auto& model : models) {
        auto own = model.aliases;
        own.push_back(model.name);
        for (const auto& name : own) {
            if (!names.insert(name).second) {
                return fmt::format("two models are called \"{}\"", name);
            }
        }
        for (const auto& file : model.files) {
            if (!paths.insert(file.path).second) {
                return fmt::format("two models have the file \"{}\"", file.path);
            }
        }
    }
    return std::nullopt;
}

Result<std::vector<Model>> parse_all(const Json& json) {
    Reader reader{json, "it"};
    std::vector<Model> models;
    for (const auto& [item, place] : reader.items("models", true)) {
        auto model = parse_model(*item, place.substr(place.find('.') + 1));
        if (!model) {
            return tl::unexpected{std::move(model).error()};
        }
        models.push_back(std::move(*model));
    }
    if (auto twice = claimed_twice(models)) {
        reader.fail_with(std::move(*twice));
    }
    if (reader.error()) {
        return tl::unexpected{std::move(*reader.error())};
    }
    return models;
}

}  // namespace

std::string_view to_string(ModelKind kind) noexcept {
    for (const auto& [name, value] : kKinds) {
        if (value == kind) {
            return name;
        }
    }
    return "";
}

std::optional<std::uint64_t> Model::bytes() const {
    std::uint64_t sum = 0;
    bool has_any = false;
    for (const auto& file : files) {
        const auto one = file.bytes ? file.bytes : file.about_bytes;
        // The few thousand bytes of a configuration do not change what a person plans with.
        if (!one && file.format != FileFormat::kJson) {
            return std::nullopt;
        }
        sum += one.value_or(0);
        has_any = has_any || one.has_value();
    }
    return has_any ? std::optional{sum} : std::nullopt;
}

Result<Catalogue> Catalogue::parse(std::string_view text, std::string_view name) {
    const auto json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) {
        return fail(ErrorCode::kInvalidArgument, fmt::format("{}: not JSON", name));
    }
    auto models = parse_all(json);
    if (!models) {
        return tl::unexpected{std::move(models).error().with_context(name)};
    }
    Catalogue catalogue;
    catalogue.models_ = std::move(*models);
    std::ranges::stable_sort(catalogue.models_, {}, &Model::kind);
    return catalogue;
}

Result<Catalogue> Catalogue::load(const std::string& file) {
    constexpr std::size_t kMostBytes = std::size_t{16} << 20U;
    const auto text = files::read_whole_file(file, kMostBytes);
    if (!text) {
        return fail(ErrorCode::kInvalidArgument, text.error().message());
    }
    return parse(*text, file);
}

const Catalogue& Catalogue::built_in() {
    static const auto catalogue = [] {
        auto parsed = parse(kBuiltInCatalogue, "the built-in catalogue");
        LIVEDUB_CHECK(parsed.has_value());
        return std::move(*parsed);
    }();
    return catalogue;
}

const Model* Catalogue::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find_if(models_, [&](const Model& model) {
        return model.name == name || std::ranges::find(model.aliases, name) != model.aliases.end();
    });
    return found == models_.end() ? nullptr : &*found;
}

}  // namespace livedub::models
