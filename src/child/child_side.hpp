// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// For the main function of such a program.

#pragma once

namespace livedub::child {

/// Where memory runs out, the system ends this process first, and not whoever serves streams. It
/// leaves no core file, and packets go before it.
void be_the_first_to_go();

}  // namespace livedub::child
