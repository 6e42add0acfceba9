// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What sts-service answers over HTTP beside Socket.IO (external contract, section 3).

#pragma once

#include <prometheus/registry.h>

#include "http/server.hpp"
#include "service_settings.hpp"
#include "service_state.hpp"

namespace livedub {

/// `state` and `registry` outlive the handler.
[[nodiscard]] http::Handler make_pages(ServiceMode mode, const ServiceState& state,
                                       const prometheus::Registry& registry);

}  // namespace livedub
