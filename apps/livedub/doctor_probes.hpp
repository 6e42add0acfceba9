// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What doctor looks at outside the engines: ports, GStreamer, programs, other services.

#pragma once

#include <string>
#include <vector>

#include "doctor/facts.hpp"
#include "up_settings.hpp"

namespace livedub {

/// Those that `livedub up` would listen on, then those of the services.
[[nodiscard]] std::vector<doctor::PortCheck> look_at_ports(const UpConfig& config);

/// Errors: kUnavailable when GStreamer does not start.
[[nodiscard]] Result<std::vector<doctor::MediaCheck>> look_at_media();

/// @param url Empty, or "off": it is not asked.
[[nodiscard]] doctor::ServiceCheck ask_media_server(const std::string& url);
[[nodiscard]] doctor::ServiceCheck ask_speech_service(const std::string& url);

}  // namespace livedub
