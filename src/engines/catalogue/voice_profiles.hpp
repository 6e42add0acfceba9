// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Voice profiles by name: the shipped ones, and those of a voices.json (external contract, 7.3).

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace livedub::engines {

/// What is empty is not said.
struct VoiceProfile {
    std::string language;    // BCP 47; empty: any
    std::string gender;      // "female", "male"
    std::string voice_id;    // what the engine calls it
    std::string provider{};  // whose voice it is, as TTS_PROVIDER names it; empty: anybody's
    std::string model{};
    std::string speaker{};  // of a model that has several
    double speed = 1.0;     // times the engine's natural one, 0.5 to 2.0
};

struct ChosenProfile {
    std::string name;
    VoiceProfile profile;
    bool is_substitute = false;  // the one that was asked for is of another language
};

/// Whether it is the name of a profile that is always there.
[[nodiscard]] bool is_shipped_voice(std::string_view name);

class VoiceProfiles {
  public:
    /// The shipped profiles alone.
    VoiceProfiles();

    /// The shipped ones and those of `text`, in either accepted shape.
    ///
    /// Errors: kInvalidArgument, saying what is wrong with the text.
    [[nodiscard]] static Result<VoiceProfiles> parse(std::string_view text);

    /// As parse(), of a file of at most 1 MiB. One that is not there brings nothing.
    ///
    /// Errors: those of parse(), with the path; kInvalidArgument when it cannot be read.
    [[nodiscard]] static Result<VoiceProfiles> load(const std::string& path);

    [[nodiscard]] bool contains(std::string_view name) const;

    /// The profile that speaks when `name` is asked for and `language` is spoken; nullopt: there is
    /// no such profile. "default", and a profile of another language, give the language's default.
    [[nodiscard]] std::optional<ChosenProfile> choose(std::string_view name,
                                                      std::string_view language) const;

    /// The shipped voice that stands for a profile when `language` is spoken; nullopt: there is no
    /// such profile. A profile of another language gives the language's default voice.
    [[nodiscard]] std::optional<std::string> resolve(const std::string& name,
                                                     std::string_view language) const;

  private:
    std::map<std::string, VoiceProfile, std::less<>> profiles_;
    std::map<std::string, std::string, std::less<>> default_of_language_;
};

}  // namespace livedub::engines
