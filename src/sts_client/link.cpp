// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/link.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <variant>

#include "base/uuid.hpp"
#include "net/asio.hpp"
#include "sts_client/clip_work.hpp"
#include "sts_client/link_events.hpp"
#include "sts_client/link_handshake.hpp"
#include "sts_client/outcomes.hpp"
#include "telemetry/log.hpp"

namespace livedub::sts_client {
namespace {

/// Bytes of one link's results that may wait to be parsed or be parsed; one result always may.
constexpr std::size_t kMostResultBytes = std::size_t{64} << 20U;

std::size_t size_of(const sio::Event& event) {
    std::size_t size = event.argument.size();
    for (const auto& attachment : event.attachments) {
        size += attachment.size();
    }
    return size;
}

std::int64_t unix_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

LinkSources make_sources(const Clock& clock) {
    return {.clock = clock,
            .random =
                [engine = std::minstd_rand{std::random_device{}()}]() mutable {
                    return std::uniform_real_distribution<double>{0.0, 1.0}(engine);
                },
            .make_id = [] { return make_uuid4(); },
            .unix_ms = unix_ms};
}

}  // namespace

struct Link::Timer {
    net::asio::steady_timer timer;
};

/// One action each.
struct Link::Perform {
    Link& link;

    void operator()(action::Connect& /*action*/) const { link.connect(); }
    void operator()(action::Watch& /*action*/) const { link.watch(); }
    void operator()(action::Disconnect& /*action*/) const { link.client_.reset(); }
    void operator()(action::Prepare& action) const { link.prepare(std::move(action.fragment)); }
    void operator()(action::Send& action) const {
        if (link.client_ != nullptr) {
            link.client_->emit(to_event(std::move(action)));
        }
    }
    void operator()(action::Decode& action) const { link.decode(std::move(action.task)); }
    void operator()(action::Settle& action) const { link.settle(std::move(action.outcome)); }
    void operator()(action::KeepLate& action) const {
        const auto& keep = link.around_.config.on_late_clip;
        if (keep) {
            keep(link.stream_id_, action.number, std::move(action.clip));
        }
    }
    void operator()(action::GiveUp& /*action*/) const {
        const auto& tell = link.around_.config.on_exhausted;
        if (tell && !link.is_left_) {
            tell(link.stream_id_);
        }
    }
    void operator()(action::Finish& /*action*/) const {
        link.timer_.reset();
        link.watch_.reset();
        if (const auto tell = std::exchange(link.on_finished_, nullptr)) {
            tell(link);
        }
    }
    void operator()(action::Note& action) const {
        logger("sts_client")
            ->log(action.is_warning ? spdlog::level::warn : spdlog::level::info, "{} stream={}",
                  action.text, link.stream_id_);
    }
};

Link::Link(LinkSurroundings surroundings, DubOptions options, OnOutcome on_outcome,
           std::function<void(Link&)> on_finished)
    : around_{surroundings},
      stream_id_{options.stream_id},
      core_{around_.config.link, std::move(options), make_sources(clock_)},
      on_outcome_{std::move(on_outcome)},
      on_finished_{std::move(on_finished)},
      timer_{std::make_unique<Timer>(Timer{net::asio::steady_timer{around_.io.context()}})} {}

Link::~Link() = default;

void Link::start() {
    around_.io.post([self = shared_from_this()] {
        self->metrics_ = &self->around_.metrics.open(self->stream_id_);
        self->core_.start();
        self->drive();
    });
}

void Link::request(Fragment fragment, SteadyTime deadline) {
    around_.io.post(
        [self = shared_from_this(), fragment = std::move(fragment), deadline]() mutable {
            self->core_.request(std::move(fragment), deadline);
            self->drive();
        });
}

void Link::leave() {
    around_.io.call([this] {
        is_left_ = true;
        close_metrics();
        core_.stop();
        drive();
    });
}

void Link::abort() {
    on_finished_ = nullptr;
    core_.stop();
    (void)core_.take_actions();
    client_.reset();
    timer_.reset();
    watch_.reset();
    close_metrics();
    is_left_ = true;
}

void Link::drive() {
    if (is_driving_) {
        return;  // what this call added is done by the loop that is running
    }
    is_driving_ = true;
    const auto self = shared_from_this();
    for (auto actions = core_.take_actions(); !actions.empty(); actions = core_.take_actions()) {
        for (auto& action : actions) {
            std::visit(Perform{*this}, action);
        }
    }
    is_driving_ = false;
    tell_of_late_results();
    if (is_left_) {
        on_outcome_ = nullptr;
    }
    if (metrics_ != nullptr) {
        metrics_->show(core_, shown_);
    }
    wake_at_next();
}

void Link::tell_of_late_results() {
    const auto& tell = around_.config.on_late_result;
    for (; late_told_ < core_.counts().late_results; ++late_told_) {
        if (tell) {
            tell(stream_id_);
        }
    }
}

void Link::close_metrics() {
    if (std::exchange(metrics_, nullptr) != nullptr) {
        around_.metrics.close(stream_id_);
    }
}

void Link::wake_at_next() {
    const auto next = core_.next_wake();
    if (timer_ == nullptr || next == wake_) {
        return;
    }
    wake_ = next;
    if (!next) {
        timer_->timer.cancel();
        return;
    }
    timer_->timer.expires_at(*next);
    timer_->timer.async_wait([weak = weak_from_this()](const net::error_code& error) {
        const auto self = weak.lock();
        if (error || self == nullptr || self->timer_ == nullptr) {
            return;
        }
        self->wake_.reset();
        self->core_.on_time();
        self->drive();
    });
}

void Link::watch() {
    watch_ = std::make_unique<ReturnWatch>(around_.io, around_.config, [this] {
        core_.returned();
        drive();
    });
}

void Link::connect() {
    watch_.reset();
    ++connection_;
    // The client is destroyed before this is, and calls nothing after that.
    client_ = std::make_unique<sio::Client>(
        around_.io, make_client_config(around_.config, stream_id_),
        sio::ClientEvents{.on_connect =
                              [this] {
                                  core_.connected();
                                  drive();
                              },
                          .on_event = [this](sio::Event event) { on_event(std::move(event)); },
                          .on_end =
                              [this](const Error& why) {
                                  core_.ended(why);
                                  drive();
                              }});
}

void Link::on_event(sio::Event event) {
    if (event.name == "fragment:processed") {
        take_result(std::move(event));
        return;
    }
    const auto hand_over = [&](const auto& checked, auto take) {
        if (checked) {
            (core_.*take)(*checked);
        } else {
            warn_of(event.name, checked.error());
        }
    };
    if (event.name == "stream:ready") {
        hand_over(contract::parse_stream_ready(event.argument), &LinkCore::on_ready);
    } else if (event.name == "backpressure") {
        hand_over(contract::parse_backpressure(event.argument), &LinkCore::on_backpressure);
    } else if (event.name == "error") {
        hand_over(contract::parse_error_event(event.argument), &LinkCore::on_error);
    } else if (event.name == "stream:complete") {
        core_.on_complete();  // whatever it says: it is the end
    }
    drive();
}

void Link::warn_of(std::string_view event, const contract::Violation& violation) const {
    logger("sts_client")
        ->warn(R"(bad_event name={} field="{}" problem="{}" stream={})", event,
               one_line(violation.field), one_line(violation.message), stream_id_);
}

void Link::take_result(sio::Event event) {
    const std::size_t size = size_of(event);
    if (result_bytes_ > 0 && result_bytes_ + size > kMostResultBytes) {
        logger("sts_client")->warn("result_dropped why=too_many stream={}", stream_id_);
        return;
    }
    auto parse = [self = shared_from_this(), came_by = connection_, size,
                  event = std::move(event)]() mutable {
        auto result = contract::parse_fragment_processed(event.argument, event.attachments);
        self->around_.io.post([self, came_by, size, result = std::move(result)]() mutable {
            self->result_bytes_ -= size;
            if (!result) {
                self->warn_of("fragment:processed", result.error());
            } else if (came_by == self->connection_) {
                self->core_.on_result(*std::move(result));
                self->drive();
            }
        });
    };
    result_bytes_ += size;
    if (!around_.pool.try_submit(std::move(parse))) {
        result_bytes_ -= size;
        logger("sts_client")->warn("result_dropped why=busy stream={}", stream_id_);
    }
}

void Link::prepare(Fragment fragment) {
    const auto number = fragment.number;
    auto encode = [self = shared_from_this(), fragment = std::move(fragment)] {
        self->around_.io.post(
            [self, number = fragment.number, clip = make_clip(fragment)]() mutable {
                self->core_.prepared(number, std::move(clip));
                self->drive();
            });
    };
    if (!around_.pool.try_submit(std::move(encode))) {
        core_.prepared(number, fail(ErrorCode::kExhausted, "too many clips wait to be encoded"));
    }
}

void Link::decode(DecodeTask task) {
    Decoded not_done{.number = task.number,
                     .fragment_id = task.fragment_id,
                     .dub = {},
                     .clip = nullptr,
                     .problem = "too many clips wait to be decoded",
                     .is_late = task.is_late};
    auto work = [self = shared_from_this(), task = std::move(task)]() mutable {
        self->around_.io.post([self, decoded = decode_dub(std::move(task))]() mutable {
            self->core_.decoded(std::move(decoded));
            self->drive();
        });
    };
    if (!around_.pool.try_submit(std::move(work))) {
        core_.decoded(std::move(not_done));
    }
}

void Link::settle(DubOutcome outcome) {
    if (!is_left_ && on_outcome_) {
        on_outcome_(std::move(outcome));
    }
}

}  // namespace livedub::sts_client
