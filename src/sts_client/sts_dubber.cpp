// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/sts_dubber.hpp"

#include <algorithm>
#include <condition_variable>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "net/asio.hpp"
#include "net/io_thread.hpp"
#include "sts_client/coding_pool.hpp"
#include "sts_client/link.hpp"
#include "sts_client/link_metrics.hpp"

namespace livedub::sts_client {
namespace {

constexpr std::size_t kCodingThreads = 2;
constexpr std::chrono::minutes kForgetEvery{1};
constexpr std::size_t kMostCodingJobs = 256;  // a few for each of many streams

/// The links that still have something to do.
class LiveLinks {
  public:
    void add(std::shared_ptr<Link> link) LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        links_.push_back(std::move(link));
    }

    void remove(const Link& link) LIVEDUB_EXCLUDES(mutex_) {
        std::shared_ptr<Link> removed;  // destroyed after the lock
        {
            const MutexLock lock{mutex_};
            const auto found = std::find_if(links_.begin(), links_.end(),
                                            [&](const auto& one) { return one.get() == &link; });
            if (found != links_.end()) {
                removed = std::move(*found);
                links_.erase(found);
            }
        }
        fewer_.notify_all();
    }

    void wait_until_none(SteadyTime until) LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        fewer_.wait_until(mutex_, until,
                          [this]() LIVEDUB_REQUIRES(mutex_) { return links_.empty(); });
    }

    [[nodiscard]] std::vector<std::shared_ptr<Link>> take_all() LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        return std::exchange(links_, {});
    }

  private:
    Mutex mutex_;
    std::vector<std::shared_ptr<Link>> links_ LIVEDUB_GUARDED_BY(mutex_);
    std::condition_variable_any fewer_;
};

class Session final : public DubSession {
  public:
    explicit Session(std::shared_ptr<Link> link) : link_{std::move(link)} {}
    ~Session() override { link_->leave(); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void request(Fragment fragment, SteadyTime deadline) override {
        link_->request(std::move(fragment), deadline);
    }

  private:
    const std::shared_ptr<Link> link_;
};

}  // namespace

struct StsDubber::Impl {
    // Given at construction; outlives this.
    net::IoThread& io;

    // Constant after construction.
    const StsClientConfig config;

    SystemClock clock;
    LinkFamilies families;
    LiveLinks links;

    // Only the io thread touches these.
    LinkMetricsBook metrics{families, clock};
    net::asio::steady_timer forget_timer;

    CodingPool pool{kCodingThreads, kMostCodingJobs};

    Impl(net::IoThread& io_thread, StsClientConfig given, prometheus::Registry& registry)
        : io{io_thread},
          config{std::move(given)},
          families{registry},
          forget_timer{io_thread.context()} {}

    void forget_later() {
        forget_timer.expires_after(kForgetEvery);
        forget_timer.async_wait([this](const net::error_code& error) {
            if (!error) {
                metrics.forget_ended();
                forget_later();
            }
        });
    }
};

StsDubber::StsDubber(net::IoThread& io, StsClientConfig config, prometheus::Registry& registry)
    : impl_{std::make_unique<Impl>(io, std::move(config), registry)} {
    io.call([this] { impl_->forget_later(); });
}

StsDubber::~StsDubber() {
    impl_->links.wait_until_none(SystemClock{}.now() + impl_->config.shutdown_wait);
    impl_->io.call([this] {
        for (const auto& link : impl_->links.take_all()) {
            link->abort();
        }
        impl_->forget_timer.cancel();
    });
    impl_->io.call([] {});  // the cancelled wait's handler has run by then
    auto& io = impl_->io;
    impl_.reset();   // the pool is joined: nobody posts any more
    io.call([] {});  // and what was posted is done
}

std::string StsDubber::describe() const {
    return impl_->config.url + " (Socket.IO)";
}

Result<std::unique_ptr<DubSession>> StsDubber::open(DubOptions options, OnOutcome on_outcome) {
    auto link =
        std::make_shared<Link>(LinkSurroundings{.io = impl_->io,
                                                .pool = impl_->pool,
                                                .metrics = impl_->metrics,
                                                .config = impl_->config},
                               std::move(options), std::move(on_outcome),
                               [&links = impl_->links](Link& finished) { links.remove(finished); });
    impl_->links.add(link);
    link->start();
    return std::make_unique<Session>(std::move(link));
}

}  // namespace livedub::sts_client
