// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/onnx/model_file.hpp"

#include <cstdint>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace livedub::onnx {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{2} << 30U;  // of any protocol buffer
constexpr std::uint64_t kVersionField = 1;
constexpr std::uint64_t kGraphField = 7;
constexpr std::uint64_t kNewestVersion = 99;

/// The outermost fields of a protocol buffer, one after the other.
class FieldReader {
  public:
    FieldReader(std::ifstream& in, std::uint64_t size) : in_{in}, size_{size} {}

    [[nodiscard]] bool is_at_end() const { return at_ == size_; }

    std::optional<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const int byte = in_.get();
            if (byte < 0 || at_ == size_) {
                return std::nullopt;
            }
            ++at_;
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if ((byte & 0x80) == 0) {
                return value;
            }
        }
        return std::nullopt;
    }

    bool skip(std::uint64_t bytes) {
        if (bytes > size_ - at_) {
            return false;
        }
        at_ += bytes;
        in_.seekg(static_cast<std::streamoff>(at_));
        return in_.good();
    }

  private:
    std::ifstream& in_;
    const std::uint64_t size_;
    std::uint64_t at_ = 0;
};

/// What is wrong with it; empty when nothing is.
std::string_view complaint(FieldReader fields) {
    constexpr std::string_view kNoModel = "no ONNX model";
    constexpr std::string_view kCutShort = "cut short";
    if (fields.varint() != (kVersionField << 3U)) {
        return kNoModel;
    }
    const auto version = fields.varint();
    if (!version || *version == 0 || *version > kNewestVersion) {
        return kNoModel;
    }
    bool has_graph = false;
    while (!fields.is_at_end()) {
        const auto key = fields.varint();
        if (!key) {
            return kCutShort;
        }
        switch (*key & 7U) {
            case 0:
                if (!fields.varint()) {
                    return kCutShort;
                }
                break;
            case 2: {
                has_graph = has_graph || *key >> 3U == kGraphField;
                const auto length = fields.varint();
                if (!length || !fields.skip(*length)) {
                    return kCutShort;
                }
                break;
            }
            default:
                return kNoModel;  // no field of a model is of the other types
        }
    }
    return has_graph ? std::string_view{} : "an ONNX model without a graph, or cut short";
}

}  // namespace

Result<void> check_model_file(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{} is not there, or no file", file.string()));
    }
    std::ifstream in{file, std::ios::binary};
    const auto size = std::filesystem::file_size(file, error);
    if (!in || error) {
        return fail(ErrorCode::kUnavailable, fmt::format("{} cannot be read", file.string()));
    }
    if (size > kMostBytes) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} has {} bytes (at most {})", file.string(), size, kMostBytes));
    }
    if (const auto what = complaint({in, size}); !what.empty()) {
        return fail(ErrorCode::kInvalidArgument, fmt::format("{} is {}", file.string(), what));
    }
    return {};
}

}  // namespace livedub::onnx
