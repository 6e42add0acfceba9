// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "telemetry/log.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

namespace livedub {
namespace {

/// How many bytes the character has that `text` begins with; 0 when that is no UTF-8 (RFC 3629).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [text](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const auto first = byte(0);
    const std::size_t length = first < 0x80                     ? 1
                               : first >= 0xC2 && first < 0xE0  ? 2
                               : first >= 0xE0 && first < 0xF0  ? 3
                               : first >= 0xF0 && first <= 0xF4 ? 4
                                                                : 0;
    for (std::size_t at = 1; at < length; ++at) {
        if ((byte(at) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    // Too long for what they say, halves of a pair, and beyond the last character.
    const bool is_none = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) >= 0xA0) ||
                         (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) >= 0x90);
    return is_none ? 0 : length;
}

/// Texts that were cut, or are a stranger's, need not be UTF-8; a JSON document has to be.
template <typename Out>
void append_json_escaped(Out out, std::string_view text) {
    while (!text.empty()) {
        const char character = text.front();
        const auto length = utf8_length(text);
        if (character == '"' || character == '\\') {
            *out++ = '\\';
            *out++ = character;
        } else if (static_cast<unsigned char>(character) < 0x20) {
            out = fmt::format_to(out, "\\u{:04x}", static_cast<unsigned char>(character));
        } else if (length == 0) {
            out = fmt::format_to(out, "\\ufffd");
        } else {
            out = std::copy_n(text.begin(), length, out);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

/// The value of ` key=` in a message; empty when it has none.
std::string_view value_of(std::string_view message, std::string_view key) {
    for (auto at = message.find(key); at != std::string_view::npos;
         at = message.find(key, at + 1)) {
        if (at > 0 && message[at - 1] == ' ') {
            const auto value = message.substr(at + key.size());
            return value.substr(0, value.find(' '));
        }
    }
    return {};
}

/// The JSON pattern's %*: the message with what JSON forbids inside a string escaped.
class JsonEscapedMessage final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
                spdlog::memory_buf_t& out) override {
        append_json_escaped(std::back_inserter(out),
                            {message.payload.data(), message.payload.size()});
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<JsonEscapedMessage>();
    }
};

/// The text pattern's %*: the message on one line, whatever strangers have brought into it.
class OneLineMessage final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
                spdlog::memory_buf_t& out) override {
        constexpr unsigned char kFirstPrintable = 0x20;
        constexpr unsigned char kDelete = 0x7F;
        for (const char character : message.payload) {
            const auto byte = static_cast<unsigned char>(character);
            if (byte < kFirstPrintable || byte == kDelete) {
                fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
            } else {
                out.push_back(character);
            }
        }
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<OneLineMessage>();
    }
};

/// The JSON pattern's %~: what a line is about and who speaks, as keys.
class JsonKeys final : public spdlog::custom_flag_formatter {
  public:
    explicit JsonKeys(std::string identity) : identity_{std::move(identity)} {}

    void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
                spdlog::memory_buf_t& out) override {
        const auto keys =
            json_keys_of({message.payload.data(), message.payload.size()}) + identity_;
        out.append(keys.data(), keys.data() + keys.size());
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<JsonKeys>(identity_);
    }

  private:
    const std::string identity_;
};

void append_key(std::string& out, std::string_view key, std::string_view value) {
    if (!value.empty()) {
        fmt::format_to(std::back_inserter(out), R"("{}":")", key);
        append_json_escaped(std::back_inserter(out), value);
        out += "\",";
    }
}

std::unique_ptr<spdlog::formatter> make_formatter(LogFormat format, const LogIdentity& identity) {
    if (format == LogFormat::kText) {
        auto text = std::make_unique<spdlog::pattern_formatter>();
        text->add_flag<OneLineMessage>('*').set_pattern("%H:%M:%S.%e %^%-7l%$ %-8n %*");
        return text;
    }
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    std::string who;
    append_key(who, "runId", identity.run_id);
    append_key(who, "instanceId", identity.instance_id);
    formatter->add_flag<JsonEscapedMessage>('*').add_flag<JsonKeys>('~', who).set_pattern(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","severity":"%l","component":"%n",%~"message":"%*"})");
    return formatter;
}

}  // namespace

std::string json_keys_of(std::string_view message) {
    std::string keys;
    append_key(keys, "streamId", value_of(message, "stream="));
    append_key(keys, "fragmentId", value_of(message, "fragment="));
    append_key(keys, "fragmentSeq", value_of(message, "seq="));
    return keys;
}

std::string without_credentials(std::string_view text) {
    constexpr std::string_view kScheme = "://";
    std::string out;
    for (auto at = text.find(kScheme); at != std::string_view::npos; at = text.find(kScheme)) {
        const auto begin = at + kScheme.size();
        out += text.substr(0, begin);
        text.remove_prefix(begin);
        const auto host_end = text.find_first_of("/?# \"");
        const auto authority = text.substr(0, host_end);
        if (const auto sign = authority.rfind('@'); sign != std::string_view::npos) {
            out += "***";
            text.remove_prefix(sign);
        }
        const auto url = text.substr(0, text.find_first_of(" \""));
        if (const auto query = url.find('?'); query != std::string_view::npos) {
            out += text.substr(0, query);
            out += "?***";
            text.remove_prefix(url.size());
        }
    }
    out += text;
    return out;
}

Result<void> set_up_logging(std::string_view level, LogFormat format, const LogIdentity& identity) {
    std::string lower{level};
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool is_allowed = lower == "debug" || lower == "info" || lower == "warning" ||
                            lower == "warn" || lower == "error" || lower == "critical";
    if (!is_allowed) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("log level \"{}\" (allowed: DEBUG, INFO, WARNING, ERROR, CRITICAL)",
                                level));
    }
    spdlog::set_formatter(make_formatter(format, identity));
    spdlog::set_level(spdlog::level::from_str(lower));
    return {};
}

std::shared_ptr<spdlog::logger> logger(std::string_view room) {
    static const auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    const std::string name{room};
    if (auto known = spdlog::get(name)) {
        return known;
    }
    auto made = std::make_shared<spdlog::logger>(name, sink);
    try {
        spdlog::initialize_logger(made);
        return made;
    } catch (const spdlog::spdlog_ex&) {
        return spdlog::get(name);  // another thread was first
    }
}

}  // namespace livedub
