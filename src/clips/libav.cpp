// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/libav.hpp"

#include <array>
#include <cstdarg>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "telemetry/log.hpp"

namespace livedub::clips {
namespace {

void log_line(void* source, int level, const char* format, std::va_list arguments) {
    if (level > AV_LOG_WARNING) {
        return;
    }
    static const auto log = logger("clips");
    if (!log->should_log(spdlog::level::debug)) {
        return;
    }
    std::array<char, 512> line{};
    int at_line_start = 1;
    const int size = av_log_format_line2(source, level, format, arguments, line.data(),
                                         static_cast<int>(line.size()), &at_line_start);
    if (size > 0) {
        std::string_view text{line.data()};
        text = text.substr(0, text.find_last_not_of('\n') + 1);
        log->debug("{}", text);
    }
}

}  // namespace

void quieten_libav() {
    static const bool is_set = [] {
        av_log_set_callback(log_line);
        return true;
    }();
    static_cast<void>(is_set);
}

tl::unexpected<Error> libav_failure(ErrorCode code, std::string_view what, int error) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(error, text.data(), text.size());
    return fail(code, fmt::format("{}: {}", what, text.data()));
}

}  // namespace livedub::clips
