// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Voice profiles by name: the shipped ones, and those of a voices.json (external contract, 7.3).

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace livedub::engines {

struct VoiceProfile {
    std::string language;  // BCP 47; empty: any
    std::string gender;    // "female", "male"; empty: not said
    std::string voice_id;  // what the engine calls it; empty: not said
};

class VoiceProfiles {
  public:
    /// The shipped profiles alone.
    VoiceProfiles();

    /// The shipped ones and those of `text`, in either accepted shape.
    ///
    /// Errors: kInvalidArgument, saying what is wrong with the text.
    [[nodiscard]] static Result<VoiceProfiles> parse(std::string_view text);

    /// As parse(), of a file. One that is not there brings nothing.
    ///
    /// Errors: those of parse(), with the path.
    [[nodiscard]] static Result<VoiceProfiles> load(const std::string& path);

    /// The shipped voice that stands for a profile when `language` is spoken; nullopt: there is no
    /// such profile. A profile of another language gives the language's default voice.
    [[nodiscard]] std::optional<std::string> resolve(const std::string& name,
                                                     std::string_view language) const;

  private:
    std::map<std::string, VoiceProfile> profiles_;
    std::map<std::string, std::string> default_of_language_;
};

}  // namespace livedub::engines
