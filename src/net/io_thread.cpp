// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "net/io_thread.hpp"

#include <exception>
#include <thread>

#include <pthread.h>

#include "net/asio.hpp"
#include "telemetry/log.hpp"

namespace livedub::net {

struct IoThread::Impl {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::jthread thread;  // last: joined first

    void run() {
        pthread_setname_np(pthread_self(), "dub-io");
        while (true) {
            try {
                context.run();
                return;
            } catch (const std::exception& error) {
                // A handler let something escape: that costs its connection, not the server.
                logger("net")->error("uncaught_exception what=\"{}\"", error.what());
            }
        }
    }
};

IoThread::IoThread() : impl_{std::make_unique<Impl>()} {
    impl_->thread = std::jthread{[impl = impl_.get()] { impl->run(); }};
}

IoThread::~IoThread() {
    impl_->context.stop();
}

asio::io_context& IoThread::context() noexcept {
    return impl_->context;
}

bool IoThread::is_current() const noexcept {
    return impl_->context.get_executor().running_in_this_thread();
}

void IoThread::post(std::function<void()> work) {
    asio::post(impl_->context, std::move(work));
}

}  // namespace livedub::net
