// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus_onnx/spm_cutter.hpp"

#include <exception>
#include <new>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include "files/whole_file.hpp"

namespace livedub::opus {
namespace {

/// Real ones have some 800 kB.
constexpr std::size_t kMostBytes = 32U << 20U;

class SpmCutter final : public PieceCutter {
  public:
    /// Empty when it is loaded, else what is wrong.
    std::string load(const std::string& bytes) {
        const auto status = processor_.LoadFromSerializedProto(bytes);
        return status.ok() ? "" : status.ToString();
    }

    Result<std::vector<std::string>> cut(std::string_view text) const override {
        try {
            std::vector<std::string> pieces;
            const auto status = processor_.Encode({text.data(), text.size()}, &pieces);
            if (!status.ok()) {
                return fail(ErrorCode::kInternal, status.ToString());
            }
            return pieces;
        } catch (const std::bad_alloc&) {
            return fail(ErrorCode::kExhausted, "no memory");
        } catch (const std::exception& error) {
            return fail(ErrorCode::kInternal, error.what());
        }
    }

  private:
    sentencepiece::SentencePieceProcessor processor_;
};

}  // namespace

Result<std::unique_ptr<const PieceCutter>> load_spm(const std::filesystem::path& file) {
    auto bytes = files::read_whole_file(file, kMostBytes);
    if (!bytes) {
        return tl::unexpected{std::move(bytes).error()};
    }
    auto cutter = std::make_unique<SpmCutter>();
    std::string problem;
    try {
        problem = cutter->load(*bytes);
    } catch (const std::exception& error) {
        problem = error.what();
    }
    if (!problem.empty()) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{} is no SentencePiece model: {}", file.string(), problem));
    }
    return cutter;
}

}  // namespace livedub::opus
