// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/document.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "contract/plain_text.hpp"
#include "wire/base64.hpp"
#include "wire/json_scan.hpp"

namespace livedub::contract {
namespace {

using nlohmann::json;

/// A long string literal without escapes, which the parser does not see: it costs one look and one
/// move instead of a walk through the lexer character by character.
struct LongString {
    std::size_t ordinal;  // among all string literals of the text, keys included
    std::size_t cut_at;   // where it would stand in the shortened text
    std::string_view text;
    bool is_base64;
};

struct Shortened {
    std::string copy;  // of all but the long strings; empty when there are none
    std::vector<LongString> long_strings;
};

Shortened shorten(std::string_view text) {
    constexpr std::size_t kLong = 1'024;
    Shortened shortened;
    std::size_t copied = 0;
    std::size_t ordinal = 0;
    for (std::size_t quote = text.find('"'); quote != std::string_view::npos; ++ordinal) {
        const std::size_t begin = quote + 1;
        // Sound is all that is really long: one look at it finds what it is and where it ends.
        const std::size_t letters = text.substr(begin, kLong).find('"') == std::string_view::npos
                                        ? wire::count_base64_letters(text.substr(begin))
                                        : 0;
        const std::size_t end = wire::find_closing_quote(text, begin + letters);
        if (end == std::string_view::npos) {
            break;
        }
        const std::string_view literal = text.substr(begin, end - begin);
        const bool is_base64 = letters > 0 && wire::is_base64(literal.substr(letters / 4 * 4));
        if (literal.size() >= kLong && (is_base64 || is_plain(literal))) {
            shortened.copy += text.substr(copied, begin - copied);
            shortened.long_strings.push_back({.ordinal = ordinal,
                                              .cut_at = shortened.copy.size(),
                                              .text = literal,
                                              .is_base64 = is_base64});
            copied = end;
        }
        quote = text.find('"', end + 1);
    }
    if (!shortened.long_strings.empty()) {
        shortened.copy += text.substr(copied);
    }
    return shortened;
}

/// Builds the value from the parser's events. Its public functions are what nlohmann calls.
class Builder {
  public:
    /// @param owner Of the text, if it is not needed any more; else null.
    Builder(const std::vector<LongString>& long_strings, wire::Slice* owner)
        : long_strings_{long_strings}, owner_{owner} {}

    bool null() { return add(nullptr) != nullptr; }
    bool boolean(bool value) { return add(value) != nullptr; }
    bool number_integer(std::int64_t value) { return add(value) != nullptr; }
    bool number_unsigned(std::uint64_t value) { return add(value) != nullptr; }
    bool number_float(double value, const std::string& /*text*/) { return add(value) != nullptr; }
    bool string(std::string& value) { return add(full(value)) != nullptr; }
    static bool binary(json::binary_t& /*value*/) { return false; }

    bool start_object(std::size_t /*size*/) { return open(json::object()); }
    bool start_array(std::size_t /*size*/) { return open(json::array()); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    bool key(std::string& name) {
        auto& object = open_.back()->get_ref<json::object_t&>();
        const auto [place, is_new] = object.try_emplace(full(name), nullptr);
        if (!is_new && repeated_key_.empty()) {
            repeated_key_ = place->first.empty() ? "(empty)" : place->first;
        }
        slot_ = &place->second;
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const json::exception& error) {
        // "... syntax error while parsing value - invalid literal; last read: ..."
        std::string_view what{error.what()};
        if (const auto dash = what.find(" - "); dash != std::string_view::npos) {
            what.remove_prefix(dash + 3);
            what = what.substr(0, what.find("; "));
        } else {
            what = "a number beyond all bounds";
        }
        std::size_t place = position;
        for (const auto& cut : long_strings_) {
            place += cut.cut_at < position ? cut.text.size() : 0;
        }
        problem_ = fmt::format("no valid JSON at byte {}: {}", place, what);
        return false;
    }

    json take_root() { return std::move(root_); }
    std::string take_problem() { return std::move(problem_); }
    std::string take_repeated_key() { return std::move(repeated_key_); }
    /// With a key repeated, another string may have got its memory.
    [[nodiscard]] const char* base64() const { return repeated_key_.empty() ? base64_ : nullptr; }

  private:
    std::string full(std::string& seen) {
        const std::size_t ordinal = strings_++;
        if (next_long_ < long_strings_.size() && long_strings_[next_long_].ordinal == ordinal) {
            return take(long_strings_[next_long_++]);
        }
        return std::move(seen);
    }

    std::string take(const LongString& long_string) {
        std::string taken;
        const bool is_most = owner_ != nullptr && long_string.text.size() > owner_->size() / 2;
        if (!is_most || next_long_ < long_strings_.size()) {
            taken = long_string.text;
        } else {  // the last of them: nobody needs the text any more
            owner_->keep(long_string.text);
            taken = std::move(*owner_).take();
        }
        if (long_string.is_base64) {
            base64_ = taken.data();
        }
        return taken;
    }

    json* add(json value) {
        if (++values_ > kMostJsonValues) {
            problem_ = fmt::format("JSON of more than {} values", kMostJsonValues);
            return nullptr;
        }
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        if (open_.back()->is_array()) {
            open_.back()->push_back(std::move(value));
            return &open_.back()->back();
        }
        *slot_ = std::move(value);
        return slot_;
    }

    bool open(json value) {
        if (open_.size() == kMostJsonDepth) {
            problem_ = fmt::format("JSON nested deeper than {}", kMostJsonDepth);
            return false;
        }
        json* const added = add(std::move(value));
        if (added == nullptr) {
            return false;
        }
        open_.push_back(added);
        return true;
    }

    bool close() {
        open_.pop_back();
        return true;
    }

    const std::vector<LongString>& long_strings_;
    wire::Slice* owner_;
    const char* base64_ = nullptr;  // where the last long string that is some has its characters
    std::size_t next_long_ = 0;
    std::size_t strings_ = 0;
    std::size_t values_ = 0;
    json root_;
    std::vector<json*> open_;
    json* slot_ = nullptr;  // of the key read last
    std::string repeated_key_;
    std::string problem_;
};

}  // namespace

tl::expected<Document, std::string> Document::parse(std::string_view text) {
    return parse(text, nullptr);
}

tl::expected<Document, std::string> Document::parse_in_place(wire::Slice text) {
    return parse(text, &text);
}

tl::expected<Document, std::string> Document::parse(std::string_view text, wire::Slice* owner) {
    const Shortened shortened = shorten(text);
    Builder builder{shortened.long_strings, owner};
    const std::string_view seen =
        shortened.long_strings.empty() ? text : std::string_view{shortened.copy};
    if (!json::sax_parse(seen.begin(), seen.end(), &builder)) {
        return tl::unexpected{builder.take_problem()};
    }
    Document document;
    document.root_ = std::make_unique<json>(builder.take_root());
    document.repeated_key_ = builder.take_repeated_key();
    document.base64_ = builder.base64();
    return document;
}

Document::Document() = default;
Document::Document(Document&& other) noexcept = default;
Document& Document::operator=(Document&& other) noexcept = default;
Document::~Document() = default;

}  // namespace livedub::contract
