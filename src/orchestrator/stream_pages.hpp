// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The streams of the service as JSON: /v1/streams and /v1/streams/{id}.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "media_session/stream_table.hpp"

namespace livedub::orchestrator {

/// {"count":n,"streams":[...]}
[[nodiscard]] std::string streams_json(std::span<const StreamStatus> streams);

[[nodiscard]] std::string stream_json(const StreamStatus& stream);

}  // namespace livedub::orchestrator
