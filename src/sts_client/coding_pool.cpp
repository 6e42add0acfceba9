// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/coding_pool.hpp"

#include <string>
#include <utility>

#include "base/thread_name.hpp"

namespace livedub::sts_client {

CodingPool::CodingPool(std::size_t threads, std::size_t capacity)
    : capacity_{capacity}, jobs_{capacity} {
    for (std::size_t index = 0; index < threads; ++index) {
        threads_.emplace_back([this, index](const std::stop_token& stop) { run(stop, index); });
    }
}

CodingPool::~CodingPool() {
    for (auto& thread : threads_) {
        thread.request_stop();
    }
}

bool CodingPool::try_submit(Job job) {
    if (waiting_.fetch_add(1) >= capacity_) {
        --waiting_;
        return false;
    }
    (void)jobs_.push_evicting(std::move(job));
    return true;
}

void CodingPool::run(const std::stop_token& stop, std::size_t index) {
    name_this_thread("dub-clip-" + std::to_string(index));
    while (auto job = jobs_.pop(stop)) {
        --waiting_;
        (*job)();
    }
}

}  // namespace livedub::sts_client
