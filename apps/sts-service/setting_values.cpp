// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "setting_values.hpp"

#include <charconv>
#include <system_error>

#include <fmt/format.h>

namespace livedub {

void take_fraction(SettingsReader& reader, const config::Settings& settings,
                   const std::string& name, double least, double most, double& into) {
    const auto& text = settings.text(name);
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= least) ||
        !(value <= most)) {
        reader.refuse(name, fmt::format("a number from {:g} to {:g}", least, most));
        return;
    }
    into = value;
}

void take_count(SettingsReader& reader, const config::Settings& settings, const std::string& name,
                int least, int most, std::size_t& into) {
    int value = static_cast<int>(into);
    reader.take(value, settings.integer(name, least, most));
    into = static_cast<std::size_t>(value);
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        auto part = text.substr(0, comma);
        while (part.starts_with(' ')) {
            part.remove_prefix(1);
        }
        while (part.ends_with(' ')) {
            part.remove_suffix(1);
        }
        if (!part.empty()) {
            parts.emplace_back(part);
        }
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return parts;
}

}  // namespace livedub
