// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The one thread that all sockets and their timers live on ("dub-io"). Everything on it is
// single-threaded by construction; other threads reach it with post() and call() and nothing else.
// Nothing that runs on it may block.

#pragma once

#include <functional>
#include <future>
#include <memory>
#include <type_traits>
#include <utility>

namespace boost::asio {
class io_context;
}

namespace livedub::net {

class IoThread {
  public:
    IoThread();
    /// Lets what runs finish, drops what waits, and joins. Whatever uses the thread is gone by
    /// then.
    ~IoThread();
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    [[nodiscard]] boost::asio::io_context& context() noexcept;

    /// True on the io thread itself.
    [[nodiscard]] bool is_current() const noexcept;

    /// Runs `work` on the io thread, later. Any thread.
    void post(std::function<void()> work);

    /// Runs `work` on the io thread and returns what it returned: at once when called there, else
    /// after what is queued. Any thread that does not hold up the io thread itself.
    template <typename Work>
    std::invoke_result_t<Work> call(Work work) {
        if (is_current()) {
            return work();
        }
        std::packaged_task<std::invoke_result_t<Work>()> task{std::move(work)};
        auto result = task.get_future();
        post([&task] { task(); });
        return result.get();
    }

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace livedub::net
