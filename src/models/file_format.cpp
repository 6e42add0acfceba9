// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/file_format.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace livedub::models {
namespace {

constexpr std::size_t kHead = 16;
// The vocabularies of translators have a few megabytes.
constexpr std::uintmax_t kLongestJson = std::uintmax_t{64} << 20U;

std::string head_of(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    std::string head(kHead, '\0');
    stream.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(stream.gcount()));
    return head;
}

/// As text where it is text, else in hexadecimal.
std::string shown(std::string_view head) {
    if (head.empty()) {
        return "it is empty";
    }
    if (std::ranges::all_of(
            head, [](unsigned char c) { return std::isprint(c) != 0 || std::isspace(c) != 0; })) {
        std::string text{head};
        std::ranges::replace_if(
            text, [](unsigned char c) { return std::isprint(c) == 0; }, ' ');
        return fmt::format("it begins with \"{}\"", text);
    }
    std::string bytes;
    for (const char c : head.substr(0, 4)) {
        bytes += fmt::format(" {:02x}", static_cast<unsigned char>(c));
    }
    return "it begins with the bytes" + bytes;
}

bool is_json_object(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::file_size(file, error) > kLongestJson || error) {
        return false;
    }
    std::ifstream stream{file, std::ios::binary};
    return nlohmann::json::parse(stream, nullptr, false).is_object();
}

}  // namespace

std::optional<std::string> complaint_about_format(const std::filesystem::path& file,
                                                  FileFormat format) {
    using std::string_view_literals::operator""sv;
    const auto head = head_of(file);
    const auto unless = [&](bool is_good, std::string_view what) {
        return is_good ? std::nullopt : std::optional{fmt::format("not {}: {}", what, shown(head))};
    };
    switch (format) {
        case FileFormat::kGgml:
            return unless(head.starts_with("lmgg"), "a GGML file");
        case FileFormat::kOnnx:
            // A protocol buffer whose first field is the version of the format, at most two digits.
            return unless(head.size() > 2 && head[0] == '\x08' && head[1] > 0 && head[1] < 100,
                          "an ONNX file");
        case FileFormat::kJson:
            return unless(is_json_object(file), "a JSON object");
        case FileFormat::kSentencePiece:
            // A protocol buffer whose first field is a list of pieces.
            return unless(head.starts_with("\x0a"sv) && head.size() > 4 && head[2] == '\x0a',
                          "a SentencePiece model");
    }
    return std::nullopt;
}

}  // namespace livedub::models
