// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A long text on its way through many hands: the sound in a message. It is written into the message
// by the socket and by nobody before, so that it is not copied from one form to the next.

#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace livedub::wire {

/// Belongs at place `at` of the text that it goes with.
struct Inset {
    std::size_t at = 0;
    std::shared_ptr<const std::string> text;  // null: there is none. Shared by those who send it

    [[nodiscard]] std::size_t size() const noexcept { return text ? text->size() : 0; }

    friend bool operator==(const Inset&, const Inset&) = default;
};

}  // namespace livedub::wire
