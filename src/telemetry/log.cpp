// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "telemetry/log.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

namespace livedub {
namespace {

/// The JSON pattern's %*: the message with what JSON forbids inside a string escaped.
class JsonEscapedMessage final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
                spdlog::memory_buf_t& out) override {
        for (const char character : message.payload) {
            if (character == '"' || character == '\\') {
                out.push_back('\\');
                out.push_back(character);
            } else if (static_cast<unsigned char>(character) < 0x20) {
                fmt::format_to(std::back_inserter(out), "\\u{:04x}",
                               static_cast<unsigned char>(character));
            } else {
                out.push_back(character);
            }
        }
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<JsonEscapedMessage>();
    }
};

std::unique_ptr<spdlog::formatter> make_formatter(LogFormat format) {
    if (format == LogFormat::kText) {
        return std::make_unique<spdlog::pattern_formatter>("%H:%M:%S.%e %^%-7l%$ %-8n %v");
    }
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    formatter->add_flag<JsonEscapedMessage>('*').set_pattern(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","severity":"%l","component":"%n","message":"%*"})");
    return formatter;
}

}  // namespace

Result<void> set_up_logging(std::string_view level, LogFormat format) {
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
    spdlog::set_formatter(make_formatter(format));
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
