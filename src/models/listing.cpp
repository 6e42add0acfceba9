// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/listing.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/model_directory.hpp"

namespace livedub::models {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kColumns = 6;
using Row = std::array<std::string, kColumns>;

std::string_view here(Presence presence) {
    switch (presence) {
        case Presence::kAbsent:
            return "-";
        case Presence::kPartly:
            return "partly";
        case Presence::kPresent:
            return "yes";
        case Presence::kWrongSize:
            return "wrong size";
    }
    return "";
}

std::string size_of(const Model& model) {
    const auto bytes = model.bytes();
    return bytes ? size_text(*bytes) : "?";
}

Json number_or_null(const std::optional<std::uint64_t>& number) {
    return number ? Json(*number) : Json{};
}

Json json_of(const Model& model, const std::filesystem::path& directory) {
    Json files = Json::array();
    for (const auto& file : model.files) {
        files.push_back({{"path", (directory / file.path).string()},
                         {"url", file.url},
                         {"bytes", number_or_null(file.bytes)},
                         {"sha256", file.sha256.empty() ? Json{} : Json(file.sha256)},
                         {"presence", to_string(presence_of(file, directory))}});
    }
    return {{"name", model.name},
            {"aliases", model.aliases},
            {"kind", to_string(model.kind)},
            {"language", model.language},
            {"bytes", number_or_null(model.bytes())},
            {"licence", model.licence},
            {"source", model.source},
            {"presence", to_string(presence_of(model, directory))},
            {"path", path_of(model, directory).string()},
            {"files", files}};
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 3> kUnits{"KiB", "MiB", "GiB"};
    constexpr double kStep = 1'024;
    if (static_cast<double>(bytes) < kStep) {
        return fmt::format("{} bytes", bytes);
    }
    double size = static_cast<double>(bytes) / kStep;
    std::size_t unit = 0;
    for (; size >= kStep && unit + 1 < kUnits.size(); ++unit) {
        size /= kStep;
    }
    return fmt::format("{:.1f} {}", size, kUnits.at(unit));
}

std::string to_table(const Catalogue& catalogue, const std::filesystem::path& directory) {
    std::vector<Row> rows{{"name", "kind", "language", "size", "licence", "here"}};
    for (const auto& model : catalogue.models()) {
        rows.push_back({model.name, std::string{to_string(model.kind)}, model.language,
                        size_of(model), model.licence,
                        std::string{here(presence_of(model, directory))}});
    }
    std::array<std::size_t, kColumns> widths{};
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < kColumns; ++i) {
            widths.at(i) = std::max(widths.at(i), row.at(i).size());
        }
    }
    auto text = fmt::format("models in {}\n\n", directory.string());
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < kColumns; ++i) {
            constexpr std::size_t kSize = 3;
            line += i == kSize ? fmt::format("{:>{}}", row.at(i), widths.at(i))
                               : fmt::format("{:<{}}", row.at(i), widths.at(i));
            line += "  ";
        }
        line.resize(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string to_json(const Catalogue& catalogue, const std::filesystem::path& directory) {
    Json models = Json::array();
    for (const auto& model : catalogue.models()) {
        models.push_back(json_of(model, directory));
    }
    const Json json{{"directory", directory.string()}, {"models", models}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace livedub::models
