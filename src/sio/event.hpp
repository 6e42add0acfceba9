// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One Socket.IO event as applications see it.

#pragma once

#include <string>
#include <vector>

#include "wire/inset.hpp"
#include "wire/slice.hpp"

namespace livedub::sio {

struct Event {
    std::string name;
    /// Its argument as JSON text; empty when it has none. Where bytes belong it has
    /// {"_placeholder":true,"num":n}, n being an index into attachments.
    wire::Slice argument;
    std::vector<std::string> attachments;
    /// A part of the argument that travels apart from it; only of events that are sent.
    wire::Inset inset{};
};

}  // namespace livedub::sio
