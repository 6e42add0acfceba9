// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Who makes results: echo, or the speech stages. The session side asks and never waits.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "contract/session_messages.hpp"
#include "sts_session/action.hpp"
#include "sts_session/finished_fragment.hpp"
#include "sts_session/session.hpp"

namespace livedub::sts_session {

/// The work on one stream. Destroying it abandons what is outstanding and does not wait for it;
/// answers that are on their way may still come.
class StreamWork {
  public:
    StreamWork() = default;
    virtual ~StreamWork() = default;
    StreamWork(const StreamWork&) = delete;
    StreamWork& operator=(const StreamWork&) = delete;

    /// Begins to work on a fragment. Never blocks. The answer comes once, on any thread: the
    /// result, or why not, not much later than the deadline; none comes if that is long past. It
    /// may come before this returns.
    virtual void start(StartFragment job) = 0;
};

/// Any thread; must not block.
using OnFinished = std::function<void(std::uint64_t serial, FinishedFragment finished)>;
using OnOpened = std::function<void(tl::expected<std::unique_ptr<StreamWork>, Refusal> opened)>;

/// Shared by all streams; outlives their work. Thread-safe.
class FragmentProcessor {
  public:
    FragmentProcessor() = default;
    virtual ~FragmentProcessor() = default;
    FragmentProcessor(const FragmentProcessor&) = delete;
    FragmentProcessor& operator=(const FragmentProcessor&) = delete;

    /// Never blocks; `on_opened` is called once, possibly before this returns, unless the processor
    /// ends first.
    virtual void open(const OpenStream& request, OnFinished on_finished, OnOpened on_opened) = 0;
};

}  // namespace livedub::sts_session
