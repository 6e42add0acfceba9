// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/apertium/mode_file.hpp"

#include <optional>
#include <system_error>

#include <fmt/format.h>

namespace livedub::apertium {

namespace {

// Anything that would need a shell to mean what it says.
constexpr std::string_view kShellOnly = ";&<>`()*?[]{}~\\\"\n";

void substitute_variables(std::string& word) {
    if (word == "$1") {
        word = "-g";
    } else if (word == "$2") {
        word.clear();
    }
}

/// Collects one stage after the other.
class StageReader {
  public:
    void add(char c) {
        word_ += c;
        in_word_ = true;
    }
    void begin_word() { in_word_ = true; }
    void end_word() {
        substitute_variables(word_);
        if (in_word_ && !word_.empty()) {
            command_.push_back(std::move(word_));
        }
        word_.clear();
        in_word_ = false;
    }
    [[nodiscard]] bool end_stage() {
        end_word();
        if (command_.empty()) {
            return false;
        }
        command_.insert(command_.begin() + 1, "-z");
        stages_.push_back(std::move(command_));
        command_.clear();
        return true;
    }
    [[nodiscard]] std::vector<Command> take() { return std::move(stages_); }

  private:
    std::string word_;
    bool in_word_ = false;
    Command command_;
    std::vector<Command> stages_;
};

std::string key(const std::string& source, const std::string& target, const std::string& variant) {
    return variant.empty() ? source + "-" + target : source + "-" + target + "_" + variant;
}

/// "eng-spa" and "spa-eng_US" as a catalogue key; nullopt for helper modes ("eng-spa-tagger").
std::optional<std::string> key_of_name(std::string_view name) {
    const auto dash = name.find('-');
    if (dash == std::string_view::npos || name.find('-', dash + 1) != std::string_view::npos) {
        return std::nullopt;
    }
    const auto source = parse_language(name.substr(0, dash));
    const auto target = parse_language(name.substr(dash + 1));
    if (source.iso639_3.empty() || target.iso639_3.empty() || !source.variant.empty()) {
        return std::nullopt;
    }
    return key(source.iso639_3, target.iso639_3, target.variant);
}

}  // namespace

Result<std::vector<Command>> parse_mode(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.remove_suffix(1);
    }
    StageReader reader;
    bool quoted = false;
    for (const char c : text) {
        if (c == '\'') {
            quoted = !quoted;
            reader.begin_word();
        } else if (!quoted && (c == ' ' || c == '\t')) {
            reader.end_word();
        } else if (!quoted && c == '|') {
            if (!reader.end_stage()) {
                return fail(ErrorCode::kInvalidArgument, "a stage without a command");
            }
        } else if (!quoted && kShellOnly.find(c) != std::string_view::npos) {
            return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' needs a shell", c));
        } else {
            reader.add(c);
        }
    }
    if (quoted) {
        return fail(ErrorCode::kInvalidArgument, "a quote is not closed");
    }
    if (!reader.end_stage()) {
        return fail(ErrorCode::kInvalidArgument, "a stage without a command");
    }
    return reader.take();
}

ModeCatalogue ModeCatalogue::discover(const std::vector<std::filesystem::path>& directories) {
    ModeCatalogue catalogue;
    for (const auto& directory : directories) {
        std::error_code error;
        for (std::filesystem::directory_iterator entry{directory, error}, end;
             !error && entry != end; entry.increment(error)) {
            const auto& path = entry->path();
            if (path.extension() != ".mode") {
                continue;
            }
            if (auto found = key_of_name(path.stem().string())) {
                catalogue.files_.emplace(std::move(*found), path);
            }
        }
    }
    return catalogue;
}

const std::filesystem::path* ModeCatalogue::find(const LanguageCode& source,
                                                 const LanguageCode& target) const {
    for (const auto& variant : {target.variant, std::string{}}) {
        const auto found = files_.find(key(source.iso639_3, target.iso639_3, variant));
        if (found != files_.end()) {
            return &found->second;
        }
    }
    return nullptr;
}

std::vector<std::string> ModeCatalogue::names() const {
    std::vector<std::string> names;
    names.reserve(files_.size());
    for (const auto& [name, path] : files_) {
        names.push_back(name);
    }
    return names;
}

}  // namespace livedub::apertium
