// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "exit_codes.hpp"

#include <iostream>

namespace livedub {

int refuse(const Error& error) {
    std::cerr << "livedub: " << error.message() << "\n";
    return error.code() == ErrorCode::kUnavailable ? kExitPortInUse : kExitUsage;
}

}  // namespace livedub
