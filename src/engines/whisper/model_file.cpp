// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/model_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace livedub::whisper {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 8> kSizes{"tiny",     "base",     "small",    "medium",
                                                 "large-v1", "large-v2", "large-v3", "turbo"};
constexpr std::size_t kForEnglishToo = 4;

constexpr std::uint32_t kMagic = 0x67676d6c;
constexpr std::uint32_t kGguf = 0x46554747;

/// Of the largest model there is, and some more.
constexpr std::int32_t kMostPositions = 1'500;  // whisper.cpp's windows are of 30 s
constexpr std::int32_t kMostState = 4'096;
constexpr std::int32_t kMostLayers = 48;  // the library has room for 80
constexpr std::int32_t kMostName = 256;
constexpr std::int32_t kMostToken = 1'024;
constexpr std::int32_t kEnglishVocabulary = 51'864;
constexpr std::int32_t kMostVocabulary = 60'000;
constexpr std::int32_t kFourierBins = 201;

// What a model consists of, with and without its layers.
constexpr std::int32_t kTensors = 11;
constexpr std::int32_t kTensorsOfAudioLayer = 15;
constexpr std::int32_t kTensorsOfTextLayer = 24;

/// How the numbers of a tensor are packed: so many bytes for so many numbers.
struct Packing {
    std::int32_t type;
    std::uint64_t numbers;
    std::uint64_t bytes;
};
constexpr std::array<Packing, 13> kPackings{{{0, 1, 4},       // f32
                                             {1, 1, 2},       // f16
                                             {2, 32, 18},     // q4_0
                                             {3, 32, 20},     // q4_1
                                             {6, 32, 22},     // q5_0
                                             {7, 32, 24},     // q5_1
                                             {8, 32, 34},     // q8_0
                                             {10, 256, 84},   // q2_k
                                             {11, 256, 110},  // q3_k
                                             {12, 256, 144},  // q4_k
                                             {13, 256, 176},  // q5_k
                                             {14, 256, 210},  // q6_k
                                             {30, 1, 2}}};    // bf16

/// Reads a file from front to back, and never past its end.
class Walk {
  public:
    explicit Walk(const fs::path& file) : in_{file, std::ios::binary} {
        std::error_code error;
        const auto size = fs::file_size(file, error);
        left_ = error ? 0 : size;
    }

    [[nodiscard]] bool is_open() const { return in_.is_open(); }
    [[nodiscard]] std::uint64_t left() const noexcept { return left_; }

    /// False at the end of the file.
    template <typename T>
    bool read(T& value) {
        return take(reinterpret_cast<char*>(&value), sizeof(value));
    }
    bool read(std::string& text, std::size_t size) {
        text.resize(size);
        return take(text.data(), size);
    }
    bool skip(std::uint64_t size) {
        if (size > left_) {
            return false;
        }
        left_ -= size;
        in_.seekg(static_cast<std::streamoff>(size), std::ios::cur);
        return in_.good();
    }

  private:
    bool take(char* to, std::size_t size) {
        if (size > left_) {
            return false;
        }
        left_ -= size;
        in_.read(to, static_cast<std::streamsize>(size));
        return in_.good();
    }

    std::ifstream in_;
    std::uint64_t left_ = 0;
};

constexpr std::string_view kTruncated = "it ends too early: copied or fetched in part?";

tl::unexpected<Error> refused(const fs::path& file, std::string_view why) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} is no model that whisper can use: {}", file.string(), why));
}

struct Dimension {
    std::string_view name;
    std::int32_t least;
    std::int32_t most;
};

constexpr std::array<Dimension, 11> kDimensions{
    {{"vocabulary", kEnglishVocabulary, kMostVocabulary},
     {"audio positions", 1, kMostPositions},
     {"audio state", 1, kMostState},
     {"audio heads", 1, kMostState},
     {"audio layers", 1, kMostLayers},
     {"text positions", 8, 4'096},
     {"text state", 1, kMostState},
     {"text heads", 1, kMostState},
     {"text layers", 1, kMostLayers},
     {"mel bands", 80, 128},
     {"kind of numbers", 0, 3'000}}};

using Dimensions = std::array<std::int32_t, kDimensions.size()>;
enum DimensionIndex : std::size_t {
    kVocabulary = 0,
    kAudioPositions = 1,
    kAudioState = 2,
    kAudioHeads = 3,
    kAudioLayers = 4,
    kTextPositions = 5,
    kTextState = 6,
    kTextHeads = 7,
    kTextLayers = 8,
    kMelBands = 9,
};

/// What is wrong with them; empty when nothing is.
std::string problem_of(const Dimensions& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto& limit = kDimensions[i];
        if (values[i] < limit.least || values[i] > limit.most) {
            return fmt::format("{} {} (allowed: {} to {})", limit.name, values[i], limit.least,
                               limit.most);
        }
    }
    if (values[kAudioState] % values[kAudioHeads] != 0 ||
        values[kTextState] % values[kTextHeads] != 0) {
        return "its heads do not divide its state";
    }
    if (values[kTextState] != values[kAudioState]) {
        return "its two states differ";
    }
    return {};
}

std::string read_magic(Walk& in) {
    std::uint32_t magic = 0;
    if (!in.read(magic)) {
        return std::string{kTruncated};
    }
    if (magic == kGguf) {
        return "it is a GGUF file, as language models are; whisper's are called ggml-<size>.bin";
    }
    return magic == kMagic
               ? std::string{}
               : fmt::format("it begins with {:08x} and not with {:08x}", magic, kMagic);
}

std::string skip_filters(Walk& in, std::int32_t bands) {
    std::int32_t mels = 0;
    std::int32_t bins = 0;
    if (!in.read(mels) || !in.read(bins)) {
        return std::string{kTruncated};
    }
    if (mels != bands || bins != kFourierBins) {
        return fmt::format("its filters are {} x {} (expected: {} x {})", mels, bins, bands,
                           kFourierBins);
    }
    const auto size = static_cast<std::uint64_t>(mels) * static_cast<std::uint64_t>(bins) * 4;
    return in.skip(size) ? std::string{} : std::string{kTruncated};
}

std::string skip_vocabulary(Walk& in, std::int32_t most) {
    std::int32_t count = 0;
    if (!in.read(count)) {
        return std::string{kTruncated};
    }
    if (count < 1 || count > most) {
        return fmt::format("{} tokens (allowed: 1 to {})", count, most);
    }
    for (std::int32_t i = 0; i < count; ++i) {
        std::int32_t length = 0;
        if (!in.read(length)) {
            return std::string{kTruncated};
        }
        if (length < 0 || length > kMostToken) {
            return fmt::format("token {} of {} bytes", i, length);
        }
        if (!in.skip(static_cast<std::uint64_t>(length))) {
            return std::string{kTruncated};
        }
    }
    return {};
}

/// One tensor's header and data.
std::string skip_tensor(Walk& in, std::string& name) {
    std::int32_t dimensions = 0;
    std::int32_t name_length = 0;
    std::int32_t type = 0;
    if (!in.read(dimensions) || !in.read(name_length) || !in.read(type)) {
        return std::string{kTruncated};
    }
    constexpr std::int32_t kMostDimensions = 4;
    if (dimensions < 0 || dimensions > kMostDimensions) {  // none: a single number
        return fmt::format("a tensor of {} dimensions", dimensions);
    }
    if (name_length < 1 || name_length > kMostName) {
        return fmt::format("a tensor with a name of {} bytes", name_length);
    }
    const auto* const packing = std::ranges::find(kPackings, type, &Packing::type);
    if (packing == kPackings.end()) {
        return fmt::format("numbers of an unknown kind ({})", type);
    }
    std::uint64_t numbers = 1;
    for (std::int32_t i = 0; i < dimensions; ++i) {
        std::int32_t size = 0;
        if (!in.read(size)) {
            return std::string{kTruncated};
        }
        if (size < 1 || numbers > (in.left() * 8) / static_cast<std::uint64_t>(size)) {
            return size < 1 ? fmt::format("a tensor of size {}", size) : std::string{kTruncated};
        }
        numbers *= static_cast<std::uint64_t>(size);
    }
    if (numbers % packing->numbers != 0) {
        return fmt::format("{} numbers in blocks of {}", numbers, packing->numbers);
    }
    return in.read(name, static_cast<std::size_t>(name_length)) &&
                   in.skip(numbers / packing->numbers * packing->bytes)
               ? std::string{}
               : std::string{kTruncated};
}

/// All there are up to the end of the file; `expected` of them, each once.
std::string skip_tensors(Walk& in, std::int32_t expected) {
    std::set<std::string> names;
    while (in.left() > 0) {
        std::string name;
        if (auto problem = skip_tensor(in, name); !problem.empty()) {
            return problem;
        }
        if (!names.insert(name).second) {
            return "a tensor is there twice";
        }
    }
    if (names.size() != static_cast<std::size_t>(expected)) {
        return names.size() < static_cast<std::size_t>(expected)
                   ? std::string{kTruncated}
                   : fmt::format("{} tensors (expected: {})", names.size(), expected);
    }
    return {};
}

std::string problem_of_model(Walk& in, Dimensions& dimensions) {
    if (auto problem = read_magic(in); !problem.empty()) {
        return problem;
    }
    for (auto& value : dimensions) {
        if (!in.read(value)) {
            return std::string{kTruncated};
        }
    }
    if (auto problem = problem_of(dimensions); !problem.empty()) {
        return problem;
    }
    if (auto problem = skip_filters(in, dimensions[kMelBands]); !problem.empty()) {
        return problem;
    }
    if (auto problem = skip_vocabulary(in, dimensions[kVocabulary]); !problem.empty()) {
        return problem;
    }
    return skip_tensors(in, kTensors + kTensorsOfAudioLayer * dimensions[kAudioLayers] +
                                kTensorsOfTextLayer * dimensions[kTextLayers]);
}

/// A voice gate's header is a name, a version, and sizes that have not changed since there are any.
std::string problem_of_voice_gate(Walk& in) {
    if (auto problem = read_magic(in); !problem.empty()) {
        return problem;
    }
    std::int32_t length = 0;
    std::string kind;
    if (!in.read(length)) {
        return std::string{kTruncated};
    }
    if (length < 1 || length > kMostName) {
        return "it is no voice gate";
    }
    if (!in.read(kind, static_cast<std::size_t>(length))) {
        return std::string{kTruncated};
    }
    if (!kind.starts_with("silero")) {
        return "it is no voice gate";
    }
    constexpr std::size_t kNumbersOfHeader = 22;  // version, window, encoder, memory, output
    constexpr std::int32_t kMostOfHeader = 4'096;
    constexpr std::size_t kLayersAt = 5;
    constexpr std::int32_t kLayers = 4;  // their sizes follow, so the header's length depends on it
    for (std::size_t i = 0; i < kNumbersOfHeader; ++i) {
        std::int32_t value = 0;
        if (!in.read(value)) {
            return std::string{kTruncated};
        }
        if (value < 0 || value > kMostOfHeader || (i == kLayersAt && value != kLayers)) {
            return fmt::format("a size of {}", value);
        }
    }
    constexpr std::int32_t kTensorsOfVoiceGate = 15;
    return skip_tensors(in, kTensorsOfVoiceGate);
}

/// Folders that may hold models.
std::vector<fs::path> folders(const ModelChoice& choice) {
    std::vector<fs::path> all;
    for (const auto& folder : choice.folders) {
        all.insert(all.end(), {folder / "whisper", folder, folder / "vad"});
    }
    return all;
}

std::vector<fs::path> files_in(const fs::path& folder, std::string_view begin) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error)) {
        const auto name = at->path().filename().string();
        if (name.starts_with(begin) && name.ends_with(".bin") && at->is_regular_file(error)) {
            found.push_back(at->path());
        }
    }
    std::ranges::sort(found);
    return found;
}

constexpr std::string_view kFilePrefix = "ggml-";
constexpr std::string_view kVoiceGate = "ggml-silero";

/// "turbo" is how it is called, "large-v3-turbo" how its file is.
std::string file_stem(const std::string& size) {
    return std::string{kFilePrefix} + (size == "turbo" ? "large-v3-turbo" : size);
}

std::vector<std::string> names_of(const std::vector<fs::path>& paths) {
    std::vector<std::string> names;
    std::ranges::transform(paths, std::back_inserter(names),
                           [](const fs::path& path) { return path.string(); });
    return names;
}

std::string what_is_there(const ModelChoice& choice) {
    std::vector<std::string> names;
    for (const auto& folder : folders(choice)) {
        for (const auto& file : files_in(folder, kFilePrefix)) {
            const auto name = file.filename().string();
            if (!name.starts_with(kVoiceGate)) {
                names.push_back(name);
            }
        }
    }
    return names.empty() ? std::string{} : fmt::format("; there is {}", fmt::join(names, ", "));
}

}  // namespace

std::optional<std::string> model_size(std::string_view text) {
    constexpr std::string_view kPrefix{"whisper-"};
    constexpr std::string_view kEnglish{".en"};
    if (text.starts_with(kPrefix)) {
        text.remove_prefix(kPrefix.size());
    }
    auto size = text;
    auto sizes = std::span{kSizes}.first(kSizes.size());
    if (size.ends_with(kEnglish)) {
        size.remove_suffix(kEnglish.size());
        sizes = sizes.first(kForEnglishToo);
    }
    if (std::ranges::find(sizes, size) == sizes.end()) {
        return std::nullopt;
    }
    return std::string{text};
}

Result<fs::path> find_model(const ModelChoice& choice) {
    std::error_code error;
    if (!choice.file.empty()) {
        if (!fs::is_regular_file(choice.file, error)) {
            return fail(ErrorCode::kUnavailable,
                        fmt::format("ASR_MODEL_PATH \"{}\": no such file", choice.file.string()));
        }
        return choice.file;
    }
    const auto stem = file_stem(choice.size);
    for (const auto& folder : folders(choice)) {
        const auto exact = folder / (stem + ".bin");
        if (fs::is_regular_file(exact, error)) {
            return exact;
        }
        const auto packed = files_in(folder, stem + "-q");
        if (!packed.empty()) {
            return packed.back();  // the one with the most bits
        }
    }
    return fail(ErrorCode::kUnavailable,
                fmt::format("whisper: no {}.bin in {} (MODEL_CACHE_DIR, ASR_MODEL_SIZE){}", stem,
                            fmt::join(names_of(choice.folders), " or "), what_is_there(choice)));
}

std::optional<fs::path> find_voice_gate(const ModelChoice& choice, const fs::path& model) {
    auto places = folders(choice);
    places.insert(places.begin(), model.parent_path());
    for (const auto& folder : places) {
        const auto found = files_in(folder, kVoiceGate);
        if (!found.empty()) {
            return found.back();
        }
    }
    return std::nullopt;
}

Result<ModelFacts> check_model(const fs::path& file) {
    Walk in{file};
    if (!in.is_open()) {
        return refused(file, "it cannot be read");
    }
    Dimensions dimensions{};
    if (const auto problem = problem_of_model(in, dimensions); !problem.empty()) {
        return refused(file, problem);
    }
    return ModelFacts{.vocabulary = dimensions[kVocabulary],
                      .audio_positions = dimensions[kAudioPositions],
                      .text_positions = dimensions[kTextPositions],
                      .is_multilingual = dimensions[kVocabulary] > kEnglishVocabulary};
}

Result<void> check_voice_gate(const fs::path& file) {
    Walk in{file};
    if (!in.is_open()) {
        return refused(file, "it cannot be read");
    }
    if (const auto problem = problem_of_voice_gate(in); !problem.empty()) {
        return refused(file, problem);
    }
    return {};
}

std::string model_name(const fs::path& file) {
    auto name = file.stem().string();
    if (name.starts_with(kFilePrefix)) {
        name.erase(0, kFilePrefix.size());
    }
    return name.starts_with("whisper") ? name : "whisper-" + name;
}

}  // namespace livedub::whisper
