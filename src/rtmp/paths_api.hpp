// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What goes on, over HTTP, in the shape that MediaMTX's API has, so that what watches MediaMTX can
// watch this: GET /v3/paths/list and GET /v3/paths/get/{name}.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "rtmp/server.hpp"

namespace livedub::rtmp {

/// @param paths Asked once per request, on the io thread: most often Server::paths().
[[nodiscard]] http::Handler make_paths_api(std::function<std::vector<PathInfo>()> paths);

/// The same over a server, which outlives the handler.
[[nodiscard]] http::Handler make_paths_api(const Server& server);

/// The metrics page: GET /metrics. `registry` outlives the handler.
[[nodiscard]] http::Handler make_metrics_page(const prometheus::Registry& registry);

}  // namespace livedub::rtmp
