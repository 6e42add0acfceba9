// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What other programs say when they are asked how they are.

#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace livedub::doctor {

/// "3 paths, 1 ready": of the answer to MediaMTX's /v3/paths/list.
///
/// Errors: kProtocol when it is no such answer.
[[nodiscard]] Result<std::string> said_by_media_server(int status, std::string_view body);

/// "full-sts-service healthy": of the answer to a speech service's /health.
///
/// Errors: kProtocol (no such answer), kUnavailable (it says itself that it is not well).
[[nodiscard]] Result<std::string> said_by_speech_service(int status, std::string_view body);

}  // namespace livedub::doctor
