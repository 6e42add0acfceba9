// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether a file can be what the catalogue says, by its first bytes: enough to tell a model from
// the page of an error or of a login. Not whether an engine can load it.

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "models/catalogue.hpp"

namespace livedub::models {

/// What is wrong, for people: "not a GGML file: it begins with \"<!doctype html>\""; nullopt when
/// nothing is.
[[nodiscard]] std::optional<std::string> complaint_about_format(const std::filesystem::path& file,
                                                                FileFormat format);

}  // namespace livedub::models
